import type { CallsInFlight } from './in-flight.ts'

/** What the tools of one connection stand on. */
export interface Ground {
  /** Whether the connection leads to one sandbox alone; else each call names its own. */
  readonly fixed: boolean
  /**
   * Holds a sandbox active until disposed. Throws unless it is there, ready and the caller’s. `cut` is
   * called when its end begins.
   */
  enter(sandbox: string, cut: () => void): Entered
  readonly inFlight: CallsInFlight
  /** Aborts when the client went away. */
  readonly signal: AbortSignal
  /** What went wrong in a tool. */
  readonly onFailure: (cause: unknown) => void
}

export interface Entered extends Disposable {
  readonly sandbox: string
}
