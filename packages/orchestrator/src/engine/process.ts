import type { Readable, Writable } from 'node:stream'

export interface ExecSpec {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** `none`: the command reads an empty input, and what is written to `stdin` goes nowhere. */
  readonly stdin?: 'none'
  /** The container's own user by default. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** A terminal merges stderr into stdout. */
  readonly tty?: { readonly cols: number; readonly rows: number }
}

export type KillSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL'

export interface Process {
  readonly stdin: Writable
  /** Both streams must be read or resumed; they carry backpressure into the process. */
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles after both streams ended. Rejects with `sandbox_gone` when the pod went away underneath. */
  readonly exit: Promise<number>
  /**
   * SIGKILL to the whole tree the command started, also what left its session; output that is not
   * read by then may be lost. Idempotent; does nothing to what an ended command left behind. Misses
   * only what ended whoever looks after it and, where nobody does (`commandsBy` is left out, or the
   * isolation is not `runc`), what cleared its environment and lost its parent.
   */
  kill(signal?: KillSignal | undefined): Promise<void>
  /** Does nothing without a terminal. */
  resize(cols: number, rows: number): Promise<void>
}
