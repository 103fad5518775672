import { request as ask, type IncomingMessage, STATUS_CODES } from 'node:http'
import { type Duplex, pipeline, Transform, type TransformCallback } from 'node:stream'
import type { Look } from '../canaries/canaries.ts'
import { carriesCanary, notHttp, nothingListens } from './errors.ts'
import type { Guest } from './guests.ts'
import type { RawHeaders } from './headers.ts'

/** A WebSocket that somebody asks for. */
export interface Upgraded {
  readonly guest: Guest
  readonly socket: Duplex
  readonly path: string
  readonly head: readonly string[]
  readonly answerHead: (raw: RawHeaders) => string[]
  readonly look: Look
}

const answerWithinMs = 30_000
const maxHeaderBytes = 16_384

/**
 * Joins a socket from outside to one inside once the server there agrees; its refusal is passed on.
 * Rejects before anything was answered. Either end takes the other along.
 */
export async function upgrade(upgraded: Upgraded): Promise<void> {
  const { guest, socket } = upgraded
  const within = AbortSignal.timeout(answerWithinMs)
  const inside = await guest.connect(within)
  socket.once('close', () => inside.destroy())
  const answer = await ask101(upgraded, inside, within)
  const raw = upgraded.answerHead(answer.message.rawHeaders)
  if (upgraded.look(Buffer.from(raw.join('\n'), 'latin1'))) throw carriesCanary()
  if (answer.first === undefined) return refuse(upgraded, answer.message, raw)
  socket.write(headOf(101, ['Connection', 'Upgrade', 'Upgrade', 'websocket', ...raw]), 'latin1')
  if (answer.first.length > 0) inside.unshift(answer.first)
  inside.once('close', () => socket.destroy())
  await Promise.all([
    joined(socket, [new Counted(guest.touch)], inside),
    joined(inside, [new Watched(upgraded.look)], socket),
  ])
}

interface Answer {
  readonly message: IncomingMessage
  /** What came behind the head; undefined where the server refused. */
  readonly first: Buffer | undefined
}

function ask101(
  { guest, path, head }: Upgraded,
  inside: Duplex,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = ask({
      ...{ createConnection: () => inside, path, maxHeaderSize: maxHeaderBytes, signal },
      headers: [...head, 'Connection', 'Upgrade', 'Upgrade', 'websocket'],
    })
    sent.once('upgrade', (message, _socket, first) => resolve({ message, first }))
    sent.once('response', (message) => resolve({ message, first: undefined }))
    sent.on('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code?.startsWith('HPE_') ? notHttp(guest.port) : nothingListens(guest.port, cause),
      ),
    )
    sent.end()
  })
}

/** A server’s own words about why it refuses, with its connection’s end as theirs. */
async function refuse(
  { socket, look }: Upgraded,
  message: IncomingMessage,
  raw: readonly string[],
): Promise<void> {
  const status = message.statusCode === 101 ? 502 : (message.statusCode ?? 502)
  const fields = raw.filter((_, at) => raw[at - (at % 2)]?.toLowerCase() !== 'content-length')
  socket.write(headOf(status, [...fields, 'Connection', 'close']), 'latin1')
  await joined(message, [new Watched(look)], socket)
}

function headOf(status: number, raw: readonly string[]): string {
  const lines = Array.from(
    { length: raw.length / 2 },
    (_, at) => `${raw[2 * at]}: ${raw[2 * at + 1]}`,
  )
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Answered'}`, ...lines, '', ''].join('\r\n')
}

const joined = (from: NodeJS.ReadableStream, through: readonly Transform[], to: Duplex) =>
  new Promise<void>((resolve) => pipeline([from, ...through, to], () => resolve()))

/** Passes on what comes from outside; a pong that a browser sends by itself is no use of the sandbox. */
class Counted extends Transform {
  readonly #touch: () => void

  constructor(touch: () => void) {
    super()
    this.#touch = touch
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (((chunk[0] ?? 0) & 0x0f) < 0x08) this.#touch()
    done(null, chunk)
  }
}

/** Passes on what comes from inside, as far as it may leave. */
class Watched extends Transform {
  readonly #look: Look

  constructor(look: Look) {
    super()
    this.#look = look
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (this.#look(chunk)) done(carriesCanary())
    else done(null, chunk)
  }
}
