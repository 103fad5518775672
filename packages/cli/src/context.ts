import type { Readable, Writable } from 'node:stream'
import type { Environment } from '@stuntdouble/sdk/node'

type Input = Readable & {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

export type Output = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** What a command needs of the world around it. */
export interface Context {
  readonly env: Environment
  readonly cwd: string
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  /** The orchestrator’s entry point, started when none runs. */
  readonly orchestratorMain: string
  /** Ctrl-C. Without a listener it ends the process, as usual. Returns what stops the listening. */
  onInterrupt(listener: () => void): () => void
}

/** Thrown out of work that Ctrl-C has ended. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** Runs work that Ctrl-C aborts. */
export async function interruptible<Result>(
  context: Context,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController()
  const stop = context.onInterrupt(() => abort.abort(new Interrupted('Interrupted.')))
  try {
    return await work(abort.signal)
  } finally {
    stop()
  }
}
