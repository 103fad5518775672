import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Metered } from './budget.ts'
import { Refusal } from './denial.ts'
import { headOfAnswer, scrubbersFor } from './guard-answer.ts'
import { forReadableAnswer, headBytes, passedOn } from './headers.ts'
import { type Idle, idleAfter } from './idle.ts'
import { Leaving } from './leaving.ts'
import { pathOf } from './request.ts'
import { usualPort, type Wanted } from './rules.ts'
import { secured } from './upstream.ts'
import type { Admission, Way } from './way.ts'

/** A request that was read, and where its answer goes. */
export interface Exchange {
  readonly way: Way
  readonly want: Wanted
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** The same, allowed, with what is sent in place of its headers. */
interface Allowed extends Exchange {
  readonly admission: Admission
  readonly rawHeaders: readonly string[]
  readonly idle: Idle
}

const idleMs = 60_000
const maxHeaderBytes = 16_384

/**
 * Sends one request on and its answer back, as they come: nothing is held, and who reads slowly makes
 * the other side write slowly. Throws a `Refusal` before anything was answered; what goes wrong later
 * cuts the answer off.
 */
export async function exchange({ way, want, request, response }: Exchange): Promise<void> {
  using _connection = way.budget.connection()
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { admission, rawHeaders } = await brokered(way, want, request)
  way.budget.up.spend(headBytes(request.rawHeaders, request.url ?? ''))
  const socket = await way.dial(admission, gone.signal)
  using _upstream = { [Symbol.dispose]: () => void socket.destroy() }
  using idle = idleAfter(idleMs, () => socket.destroy())
  gone.signal.addEventListener('abort', () => socket.destroy())

  const isTls = want.scheme === 'https'
  const server = isTls ? await secured(socket, want, way.broker.authoritiesFor(want)) : socket
  if (request.headers.expect !== undefined) response.writeContinue()
  const allowed = { way, want, request, response, admission, rawHeaders, idle }
  const answer = await sendOn(allowed, server)
  await sendBack(allowed, answer)
}

/** A placeholder that is out of its place is told before the policy is asked. */
async function brokered(way: Way, want: Wanted, request: IncomingMessage) {
  const { rawHeaders, url = '' } = request
  const placings = way.broker.placings({ want, rawHeaders, url })
  const credentials = placings.map(({ brokered }) => brokered.credential.name)
  const admission = { ...way.admit(want), credentials }
  // Also of a request without one: the host may know a value from before, and answer with it.
  await way.broker.learn(want.host)
  return { admission, rawHeaders: await way.broker.fill(rawHeaders, placings) }
}

function sendOn(allowed: Allowed, socket: Socket): Promise<IncomingMessage> {
  const { way, want, request, idle } = allowed
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const upstream = ask({
    createConnection: () => socket,
    method: want.method ?? '',
    path: pathOf(request),
    headers: headersTo(allowed),
    maxHeaderSize: maxHeaderBytes,
    insecureHTTPParser: false,
  })
  // The other side hears of a request as soon as we do, also when its body takes long.
  upstream.flushHeaders()
  upstream.once('response', resolve)
  // What cut the request off may be told by its end first, in words that are not ours.
  let refused: Refusal | undefined
  const fail = (cause?: unknown) =>
    reject(cause instanceof Refusal ? cause : (refused ?? new Refusal('unreachable', want)))
  // Nobody asked for another protocol.
  upstream.once('upgrade', () => fail())
  upstream.on('error', fail)
  const watch = way.broker.watch(() => {
    refused = misplacedInBody(way, want)
    throw refused
  })
  // Not the request itself: a pipeline that fails would take its connection along, and our answer.
  const body = request.pipe(new PassThrough())
  const leaving = new Leaving(way.look('body of a request'), want)
  const metered = new Metered(way.budget.up, idle.touch)
  pipeline(body, leaving, metered, watch, upstream).catch((cause) => {
    request.unpipe(body).resume()
    upstream.destroy()
    fail(cause)
  })
  return promise
}

/** Raised here: an answer may be under way, which can only be cut off. */
function misplacedInBody(way: Way, want: Wanted): Refusal {
  way.raise({ alarm: 'placeholder', credential: null, where: 'in a body' }, want)
  return new Refusal('placeholder_misplaced', want)
}

/** Raw, so that Node adds none of its own; the body’s framing is written anew. */
function headersTo({ way, want, request, rawHeaders }: Allowed): string[] {
  const { host, port, scheme } = want
  const isChunked = request.headers['transfer-encoding'] !== undefined
  const kept = passedOn(rawHeaders)
  return [
    ...['Host', port === usualPort[scheme] ? host : `${host}:${port}`],
    ...(way.broker.guards(host) ? forReadableAnswer(kept) : kept),
    ...(isChunked ? ['Transfer-Encoding', 'chunked'] : []),
    ...['Connection', 'close'],
  ]
}

async function sendBack({ way, want, response, idle }: Allowed, answer: IncomingMessage) {
  way.budget.down.spend(headBytes(answer.rawHeaders, answer.statusMessage ?? ''))
  const head = headOfAnswer(way, want, answer)
  response.sendDate = false
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, head)
  const metered = new Metered(way.budget.down, idle.touch)
  await pipeline([answer, metered, ...scrubbersFor(way, want), response])
}
