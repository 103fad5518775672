import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { PortView } from '@stuntdouble/sdk/wire'
import type { CallsInFlight } from './in-flight.ts'

/** What the tools of one connection stand on. */
export interface Ground {
  /** Whether the connection leads to one sandbox alone; else each call names its own. */
  readonly fixed: boolean
  /**
   * Holds a sandbox active until disposed. Throws unless it is there, ready and the caller’s. `cut` is
   * called when its end begins, or with what else ends everything in it.
   */
  enter(sandbox: string, cut: (why?: SandboxError) => void): Entered
  readonly inFlight: CallsInFlight
  /** Aborts when the client went away. */
  readonly signal: AbortSignal
  /** What went wrong in a tool. */
  readonly onFailure: (cause: unknown) => void
}

export interface Entered extends Disposable {
  readonly sandbox: string
  /** Its link opens that port and nothing else; the caller’s own token is not in it. */
  readonly viewPort: (port: number) => PortView
}
