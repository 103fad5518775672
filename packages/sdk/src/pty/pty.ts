import type { Connection } from '../http/connection.ts'
import type { ProcessControl } from '../wire/door.ts'
import { Shown } from './shown.ts'
import { listenTo, openTerminal, sendInput } from './terminal-socket.ts'

export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

export interface TerminalOptions extends TerminalSize {
  /** A login shell when left out. A string is a line for bash; an array is run as it is. */
  readonly command?: string | readonly string[]
  /** `/workspace` when left out. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** It is ended then, and `exit` rejects with `timed_out`. */
  readonly timeoutMs?: number
  /** Called with what it shows, as it comes; iterating the terminal then yields nothing. */
  readonly onData?: (bytes: Uint8Array) => void
  /** Aborting closes it, and with it what runs in it. */
  readonly signal?: AbortSignal
}

/** Opens terminals, by the standard WebSocket alone: the same in Node and in a browser. */
export class Pty {
  readonly #door: Connection

  constructor(door: Connection) {
    this.#door = door
  }

  /** Resolves once the sandbox has taken the call. */
  async create(options: TerminalOptions): Promise<Terminal> {
    const { cols, rows, command, onData, signal, ...rest } = options
    const start = {
      ...rest,
      ...(command !== undefined && {
        command: typeof command === 'string' ? command : [...command],
      }),
      tty: { cols, rows },
    }
    const socket = await openTerminal(this.#door, start, signal)
    return new Terminal(socket, { onData, signal })
  }
}

interface Heard {
  readonly onData: TerminalOptions['onData'] | undefined
  readonly signal: AbortSignal | undefined
}

/**
 * A terminal and the program in it, which ends with this connection. Iterate it for what it shows; of a
 * reader that falls more than 8 MiB behind, `droppedBytes` counts what it missed.
 */
export class Terminal implements AsyncIterable<Uint8Array>, AsyncDisposable {
  /** Resolves with the exit code. One that is not zero is a result, not an error. */
  readonly exit: Promise<number>
  readonly #socket: WebSocket
  readonly #shown = new Shown()

  /** @internal `pty.create` makes them. */
  constructor(socket: WebSocket, { onData, signal }: Heard) {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#socket = socket
    this.exit = promise
    promise.catch(() => {}).finally(() => this.#close())
    listenTo(socket, {
      onBytes: onData ?? ((bytes) => this.#shown.add(bytes)),
      onExit: resolve,
      onFailure: reject,
    })
    const abort = () => reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    socket.addEventListener('close', () => signal?.removeEventListener('abort', abort))
  }

  /** Bytes that were no longer kept when they would have been read. */
  get droppedBytes(): number {
    return this.#shown.droppedBytes
  }

  /** As if typed. Resolves when it is on its way; rejects when the terminal is closed. */
  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
    await sendInput(this.#socket, bytes)
  }

  resize({ cols, rows }: TerminalSize): void {
    this.#tell({ type: 'resize', cols, rows })
  }

  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
    this.#tell({ type: 'kill', signal })
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#shown[Symbol.asyncIterator]()
  }

  /** Ends what runs in it, and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill()
    await this.exit.catch(() => {})
  }

  #tell(control: ProcessControl): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(control))
  }

  #close(): void {
    this.#shown.end()
    this.#socket.close()
  }
}
