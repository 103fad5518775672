import { PassThrough, Writable } from 'node:stream'
import type { ExecSpec, KillSignal, Process } from '../../engine.ts'
import { deliver } from '../demultiplex.ts'
import { podGone } from '../docker-errors.ts'
import { CreditedInput } from './credited-input.ts'
import { laneBroken } from './errors.ts'
import { type Heard, heard, requestFrame, resizeFrame, signalFrame } from './frames.ts'
import type { Carried, Lane } from './lane.ts'

export interface LaneTarget {
  readonly pod: string
  /** Whether its container is not there any more to run anything. */
  hasEnded(): Promise<boolean>
}

/** What a runner does not do: the engine itself may. */
export class NotBegun extends Error {}

const numbers: Readonly<Record<KillSignal, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }

/** A runner that does not begin or end a command for so long was stopped, not busy. */
const answersWithinMs = 10_000

/** Starts a command; rejects with `NotBegun` where it did not run and will not. */
export async function startOnLane(
  lane: Lane,
  target: LaneTarget,
  command: ExecSpec,
): Promise<LaneProcess> {
  const request = requestFrame({
    arguments: command.command,
    environment: Object.entries(command.env).map(([name, value]) => `${name}=${value}`),
    directory: command.workingDirectory,
    terminal: command.tty,
    withoutInput: command.stdin === 'none',
  })
  if (request === undefined) throw new NotBegun('no runner takes such a request')
  const process = new LaneProcess(lane, target, command)
  lane.carry(request, process.carried)
  const late = setTimeout(() => process.giveUp(), answersWithinMs)
  try {
    await process.begun
    return process
  } finally {
    clearTimeout(late)
  }
}

export class LaneProcess implements Process {
  readonly stdin: Writable
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly exit: Promise<number>
  readonly begun: Promise<void>
  /** What the lane tells it. */
  readonly carried: Carried
  readonly #lane: Lane
  readonly #target: LaneTarget
  readonly #hasTerminal: boolean
  readonly #input: CreditedInput
  readonly #begun = Promise.withResolvers<void>()
  readonly #exit = Promise.withResolvers<number>()
  readonly #release = new AbortController()
  #podEnds = false
  #isOver = false

  constructor(lane: Lane, target: LaneTarget, command: ExecSpec) {
    this.#lane = lane
    this.#target = target
    this.#hasTerminal = command.tty !== undefined
    this.#input = new CreditedInput((frame) => this.#send(frame))
    this.stdin = command.stdin === 'none' ? nowhere() : this.#input
    this.begun = this.#begun.promise
    this.exit = this.#exit.promise
    // Nobody awaiting the exit must not end this process.
    this.exit.catch(() => {})
    this.carried = {
      onBegun: () => this.#begun.resolve(),
      onFailed: () => this.#end(() => this.#begun.reject(new NotBegun('it cannot be started'))),
      onCredit: (bytes) => this.#input.grant(bytes),
      onOutput: (type, piece) => this.#onOutput(type, piece),
      onExit: (code) => this.#end(() => this.#exit.resolve(code)),
      onLost: (cause) => this.#end(() => void this.#onLost(cause)),
    }
  }

  /** Not to be tried again elsewhere: a runner that was only stopped would still run it. */
  giveUp(): void {
    const cause = laneBroken('it does not answer')
    this.#begun.reject(cause)
    this.#lane.lose(cause)
  }

  async kill(signal: KillSignal = 'SIGKILL'): Promise<void> {
    this.#send(signalFrame(numbers[signal]))
    if (signal !== 'SIGKILL' || this.#isOver) return
    this.#release.abort()
    const late = setTimeout(
      () => this.#lane.lose(laneBroken('it does not kill its command')),
      answersWithinMs,
    )
    const settled = () => clearTimeout(late)
    await this.exit.then(settled, settled)
  }

  podEnds(): void {
    this.#podEnds = true
    this.#release.abort()
  }

  podEnded(): void {
    this.podEnds()
    if (!this.#isOver) this.#lane.lose(podGone(this.#target.pod))
  }

  async resize(cols: number, rows: number): Promise<void> {
    if (this.#hasTerminal) this.#send(resizeFrame(cols, rows))
  }

  #send(frame: Buffer): void {
    if (!this.#isOver) this.#lane.send(frame)
  }

  #onOutput(type: Heard, piece: Buffer): Promise<void> {
    return deliver(piece, type === heard.stdout ? this.stdout : this.stderr, this.#release.signal)
  }

  #end(settle: () => void): void {
    this.#isOver = true
    this.#release.abort()
    this.stdout.end()
    this.stderr.end()
    this.#input.destroy()
    settle()
  }

  async #onLost(cause: Error): Promise<void> {
    this.#begun.reject(new NotBegun('its lane was lost', { cause }))
    const ended = this.#podEnds || (await this.#target.hasEnded().catch(() => false))
    this.#exit.reject(ended || this.#podEnds ? podGone(this.#target.pod) : cause)
  }
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })
