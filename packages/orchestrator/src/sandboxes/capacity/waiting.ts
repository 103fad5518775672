import type { OnProgress } from '@stuntdouble/sdk/wire'

export interface Entrant<Begun> {
  readonly memoryBytes: number
  /** False to be refused at once where there is no room. */
  readonly wait: boolean
  /** Takes the room, in the journal. */
  readonly begin: () => Begun
  readonly onProgress: OnProgress
}

/** One that waits for room. */
export interface Waiting extends Omit<Entrant<unknown>, 'begin'> {
  readonly letIn: () => void
  readonly refuse: (cause: unknown) => void
}

export interface Patience {
  readonly signal: AbortSignal
  readonly waitMs: number
  /** Called when it took too long. */
  readonly late: (one: Waiting) => void
}

/** `begun` settles when it is let in or refused, or its client is gone. */
export function waitFor<Begun>(
  { begin, ...entrant }: Entrant<Begun>,
  { signal, waitMs, late }: Patience,
): { readonly one: Waiting; readonly begun: Promise<Begun> } {
  const { promise, resolve, reject } = Promise.withResolvers<Begun>()
  const letIn = () => {
    try {
      resolve(begin())
    } catch (cause) {
      reject(cause)
    }
  }
  const one: Waiting = { ...entrant, letIn, refuse: reject }
  const timer = setTimeout(() => late(one), waitMs)
  const gone = () => reject(signal.reason)
  signal.addEventListener('abort', gone)
  const begun = promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', gone)
  })
  return { one, begun }
}
