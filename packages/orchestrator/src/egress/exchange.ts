import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Metered } from './budget.ts'
import { Refusal } from './denial.ts'
import { headBytes, passedOn } from './headers.ts'
import { type Idle, idleAfter } from './idle.ts'
import { Leaving } from './leaving.ts'
import { pathOf } from './request.ts'
import type { Wanted } from './rules.ts'
import type { Way } from './way.ts'

/** A request that was read, and where its answer goes. */
export interface Exchange {
  readonly way: Way
  readonly want: Wanted
  readonly request: IncomingMessage
  readonly response: ServerResponse
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
  const admission = way.admit(want)
  way.budget.up.spend(headBytes(request.rawHeaders, request.url ?? ''))
  const socket = await way.dial(admission, gone.signal)
  using _upstream = { [Symbol.dispose]: () => void socket.destroy() }
  using idle = idleAfter(idleMs, () => socket.destroy())
  gone.signal.addEventListener('abort', () => socket.destroy())

  if (request.headers.expect !== undefined) response.writeContinue()
  const answer = await sendOn({ way, want, request, response }, socket, idle)
  await sendBack(way, answer, { response, idle })
}

function sendOn(
  { way, want, request }: Exchange,
  socket: Socket,
  idle: Idle,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const upstream = ask({
    createConnection: () => socket,
    method: want.method ?? '',
    path: pathOf(request),
    headers: headersTo(want, request),
    maxHeaderSize: maxHeaderBytes,
    insecureHTTPParser: false,
  })
  // The other side hears of a request as soon as we do, also when its body takes long.
  upstream.flushHeaders()
  upstream.once('response', resolve)
  // Nobody asked for another protocol.
  upstream.once('upgrade', () => reject(new Refusal('unreachable', want)))
  upstream.on('error', () => reject(new Refusal('unreachable', want)))
  const leaving = new Leaving(way.look('body of a request'), want)
  pipeline(request, leaving, new Metered(way.budget.up, idle.touch), upstream).catch((cause) => {
    upstream.destroy()
    reject(cause instanceof Refusal ? cause : new Refusal('unreachable', want))
  })
  return promise
}

/** Raw, so that Node adds none of its own; the body’s framing is written anew. */
function headersTo({ host, port }: Wanted, request: IncomingMessage): string[] {
  const isChunked = request.headers['transfer-encoding'] !== undefined
  return [
    ...['Host', port === 80 ? host : `${host}:${port}`],
    ...passedOn(request.rawHeaders),
    ...(isChunked ? ['Transfer-Encoding', 'chunked'] : []),
    ...['Connection', 'close'],
  ]
}

async function sendBack(
  way: Way,
  answer: IncomingMessage,
  { response, idle }: { readonly response: ServerResponse; readonly idle: Idle },
): Promise<void> {
  way.budget.down.spend(headBytes(answer.rawHeaders, answer.statusMessage ?? ''))
  response.sendDate = false
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, passedOn(answer.rawHeaders))
  await pipeline(answer, new Metered(way.budget.down, idle.touch), response)
}
