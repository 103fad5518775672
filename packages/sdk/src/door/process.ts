import { type Readable, Writable } from 'node:stream'
import WebSocket from 'ws'
import { type Connection, originOf } from '../http/connection.ts'
import { toldError, unreachable } from '../http/http-errors.ts'
import { channel, ProcessControl, type ProcessStartInput } from '../wire/door.ts'
import { connectionLost, refusedSocket } from './process-errors.ts'
import { PausableOutput } from './process-output.ts'

export type ProcessSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL'

export interface ProcessOptions extends ProcessStartInput {
  readonly signal?: AbortSignal | undefined
}

/** A process inside, while it runs. Its streams keep back-pressure: read slowly and it writes slowly. */
export interface RemoteProcess extends AsyncDisposable {
  /** Ending it is the process’s end of file. */
  readonly stdin: Writable
  /** With a terminal, everything it shows. */
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves with the exit code. Streams that nobody reads are let run. */
  wait(): Promise<number>
  kill(signal?: ProcessSignal): void
  resize(cols: number, rows: number): void
}

const largestFrame = 16 * 1024 * 1024
const handshakeTimeoutMs = 60_000

/** Starts a process, or a login shell when no command is named. Disposing kills one that still runs. */
export async function openProcess(
  door: Connection,
  { signal, ...start }: ProcessOptions,
): Promise<RemoteProcess> {
  signal?.throwIfAborted()
  const socket = new WebSocket(`${door.url.replace(/^http/, 'ws')}/process`, {
    maxPayload: largestFrame,
    handshakeTimeout: handshakeTimeoutMs,
    followRedirects: false,
    ...(door.bearer && { headers: { authorization: `Bearer ${door.bearer}` } }),
  })
  const process = new SocketProcess(socket, originOf(door))
  const abort = () => process.abort(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  socket.once('close', () => signal?.removeEventListener('abort', abort))

  await process.start(start)
  return process
}

class SocketProcess implements RemoteProcess {
  readonly stdin: Writable
  readonly #output: PausableOutput
  readonly #socket: WebSocket
  readonly #exit = Promise.withResolvers<number>()
  readonly #open = Promise.withResolvers<void>()

  constructor(socket: WebSocket, origin: string) {
    this.#socket = socket
    this.#output = new PausableOutput(socket)
    this.stdin = stdinOf(socket)
    this.#exit.promise.catch(() => {})
    socket.once('open', () => this.#open.resolve())
    socket.once('unexpected-response', (_request, response) => {
      void refusedSocket(response).then((error) => this.abort(error))
    })
    socket.on('error', (cause) => this.#fail(this.#lost(origin, cause)))
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary))
    socket.once('close', () => this.#fail(connectionLost()))
  }

  get stdout() {
    return this.#output.stdout
  }

  get stderr() {
    return this.#output.stderr
  }

  async start(start: ProcessStartInput) {
    await this.#open.promise
    this.#socket.send(JSON.stringify(start))
  }

  async wait() {
    this.#output.flow()
    return await this.#exit.promise
  }

  kill(signal: ProcessSignal = 'SIGKILL') {
    this.#control({ type: 'kill', signal })
  }

  resize(cols: number, rows: number) {
    this.#control({ type: 'resize', cols, rows })
  }

  abort(reason: unknown) {
    this.#fail(reason)
    this.#socket.terminate()
  }

  async [Symbol.asyncDispose]() {
    this.kill()
    this.#socket.close()
    this.#output.end()
  }

  #lost(origin: string, cause: Error) {
    return this.#socket.readyState === WebSocket.CONNECTING
      ? unreachable(origin, cause)
      : connectionLost(cause)
  }

  #control(message: ProcessControl) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #receive(data: Buffer, isBinary: boolean) {
    if (isBinary) return this.#output.take(data)
    const message = controlOf(data)
    if (message?.type === 'exit') this.#finish(() => this.#exit.resolve(message.exitCode))
    if (message?.type === 'error') this.#fail(toldError(message.problem))
  }

  /** After the first outcome the others change nothing: a promise settles once. */
  #fail(reason: unknown) {
    this.#open.reject(reason)
    this.#finish(() => this.#exit.reject(reason))
  }

  #finish(settle: () => void) {
    settle()
    this.#output.end()
    this.stdin.destroy()
  }
}

function controlOf(data: Buffer): ProcessControl | undefined {
  try {
    return ProcessControl.safeParse(JSON.parse(data.toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** Each write waits until it has left, so that a fast writer does not fill our memory. */
function stdinOf(socket: WebSocket): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      socket.send(Buffer.concat([Buffer.of(channel.stdin), chunk]), () => done())
    },
    final(done) {
      socket.send(JSON.stringify({ type: 'eof' }), () => done())
    },
  })
}
