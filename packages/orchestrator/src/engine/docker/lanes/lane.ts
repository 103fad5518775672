import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { demultiplex } from '../demultiplex.ts'
import { laneBroken } from './errors.ts'
import { FrameReader } from './frame-reader.ts'
import { doneFrame, type Heard, heard, protocolVersion } from './frames.ts'

/** Hears what comes for the command that a lane carries. */
export interface Carried {
  onBegun(): void
  /** Nothing was started, and nothing will be. */
  onFailed(): void
  onCredit(bytes: number): void
  onOutput(type: Heard, piece: Buffer): Promise<void>
  /** The last word; the lane is free again. */
  onExit(code: number): void
  /** The last word, in place of all that is missing. */
  onLost(cause: Error): void
}

type State = 'opening' | 'idle' | 'starting' | 'running' | 'lost'

/** When each word may come. Anything else is a runner that is not ours any more. */
const due: Readonly<Record<Heard, State>> = {
  [heard.hello]: 'opening',
  [heard.begun]: 'starting',
  [heard.failed]: 'starting',
  [heard.credit]: 'running',
  [heard.stdout]: 'running',
  [heard.stderr]: 'running',
  [heard.exit]: 'running',
}

const maxExitCode = 255

/** One connection to a runner in a container. Carries one command at a time. */
export class Lane {
  /** Settles once: resolves when the runner said hello, rejects when it never will. */
  readonly opened: Promise<void>
  /** Resolves when the connection is over, whatever the reason. */
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #opening = Promise.withResolvers<void>()
  #state: State = 'opening'
  #carried: Carried | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.opened = this.#opening.promise
    this.opened.catch(() => {})
    socket.on('error', (cause) => this.lose(laneBroken('the connection broke', cause)))
    this.closed = this.#read()
  }

  get isIdle(): boolean {
    return this.#state === 'idle'
  }

  /** Only while idle. */
  carry(request: Buffer, carried: Carried): void {
    if (this.#state !== 'idle') throw laneBroken('it carries another command')
    this.#carried = carried
    this.#state = 'starting'
    this.send(request)
  }

  send(frame: Buffer): void {
    if (this.#state !== 'lost') this.#socket.write(frame)
  }

  /** Ends the connection; the command that it carried is told why. Idempotent. */
  lose(cause: Error): void {
    if (this.#state === 'lost') return
    this.#state = 'lost'
    this.#socket.destroy()
    this.#opening.reject(cause)
    this.#carried?.onLost(cause)
    this.#carried = undefined
  }

  async #read(): Promise<void> {
    const stdout = new FrameReader({
      onNumber: (type, value) => this.#onNumber(type, value),
      onOutput: (type, piece) => this.#onOutput(type, piece),
    })
    stdout.on('error', (cause) => this.lose(cause))
    await demultiplex(this.#socket, { stdout, stderr: nowhere() }).catch(() => {})
    this.lose(laneBroken('it ended'))
  }

  async #onOutput(type: Heard, piece: Buffer): Promise<void> {
    this.#expect(type)
    await this.#carried?.onOutput(type, piece)
  }

  #onNumber(type: Heard, value: number): void {
    this.#expect(type)
    if (type === heard.hello) this.#onHello(value)
    else if (type === heard.credit) this.#carried?.onCredit(value)
    else if (type === heard.begun) this.#onBegun()
    else if (type === heard.failed) this.#onFailed()
    else this.#onExit(value)
  }

  #onBegun(): void {
    this.#state = 'running'
    this.#carried?.onBegun()
  }

  #onFailed(): void {
    this.#carried?.onFailed()
    this.#carried = undefined
    throw laneBroken('it could not start a command')
  }

  #onExit(code: number): void {
    if (code > maxExitCode) throw laneBroken('it told no exit code')
    // Before anything of the next command.
    this.send(doneFrame)
    const carried = this.#carried
    this.#carried = undefined
    this.#state = 'idle'
    carried?.onExit(code)
  }

  #expect(type: Heard): void {
    if (this.#state !== due[type]) throw laneBroken('it spoke out of turn')
  }

  #onHello(version: number): void {
    if (version !== protocolVersion) throw laneBroken('it speaks another version')
    this.#state = 'idle'
    this.#opening.resolve()
  }
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })
