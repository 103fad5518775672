import { constants } from 'node:os'
import { PassThrough } from 'node:stream'
import type { ExecSpec, KillSignal, Process } from '../engine.ts'
import { podGone } from './fake-errors.ts'

/** What a scripted command gets; its return value is the exit code. */
export interface FakeCommand extends Omit<ExecSpec, 'stdin'> {
  readonly pod: string
  readonly container: string
  readonly stdin: PassThrough
  readonly stdout: PassThrough
  readonly stderr: PassThrough
  /** Aborted when the command is killed or its pod goes away. */
  readonly signal: AbortSignal
}

export type FakeProgram = (command: FakeCommand) => Promise<number> | number

export interface FakeLaunch {
  readonly pod: string
  readonly container: string
  readonly spec: ExecSpec
  readonly program: FakeProgram
}

export class FakeProcess implements Process {
  readonly stdin = new PassThrough()
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly exit: Promise<number>
  readonly #ended = Promise.withResolvers<number>()
  readonly #stop = new AbortController()
  /** Every size the terminal was given. */
  readonly sizes: { readonly cols: number; readonly rows: number }[] = []
  readonly #hasTerminal: boolean

  constructor({ pod, container, spec, program }: FakeLaunch) {
    const { stdin, stdout, stderr } = this
    const signal = this.#stop.signal
    this.#hasTerminal = spec.tty !== undefined
    if (spec.stdin === 'none') stdin.end()
    this.exit = this.#ended.promise.finally(() => this.#close())
    this.exit.catch(() => {})
    const run = async () => program({ ...spec, pod, container, stdin, stdout, stderr, signal })
    run().then(this.#ended.resolve, this.#ended.reject)
  }

  async kill(signal: KillSignal = 'SIGKILL'): Promise<void> {
    this.#ended.resolve(128 + constants.signals[signal])
    this.#stop.abort()
  }

  podEnds(pod: string): void {
    this.#ended.reject(podGone(pod))
    this.#stop.abort()
  }

  async resize(cols: number, rows: number): Promise<void> {
    if (this.#hasTerminal) this.sizes.push({ cols, rows })
  }

  #close(): void {
    this.stdin.destroy()
    if (!this.stdout.writableEnded) this.stdout.end()
    if (!this.stderr.writableEnded) this.stderr.end()
  }
}
