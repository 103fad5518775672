import type { SandboxError } from '@stuntdouble/sdk/errors'
import { errorOf, type Handover } from '@stuntdouble/sdk/wire'
import type { Desk } from './desk.ts'
import type { Ending } from './ending.ts'
import { endedBeforeReady } from './errors.ts'
import type { Handovers } from './handovers.ts'

/** From a journal row to a hand-over, or to nothing that is left. */
export interface Finishing {
  /** Does the work. Whoever goes away before its end takes the sandbox along, and so does a failure. */
  unlessAbandoned(id: string, signal: AbortSignal, work: () => Promise<void>): Promise<void>
  /** Throws what was written down about a creation that did not become ready. */
  handover(id: string): Handover
}

interface Parts {
  readonly desk: Pick<Desk, 'store' | 'reconcile'>
  readonly ending: Ending
  readonly handovers: Handovers
}

export function createFinishing({ desk, ending, handovers }: Parts): Finishing {
  const { store } = desk

  /** What was written down first, not what went wrong after it. */
  function errorIn(id: string): SandboxError | undefined {
    const problem = store.get(id)?.problem
    return problem ? errorOf(problem) : undefined
  }

  return {
    async unlessAbandoned(id, signal, work) {
      const abandon = () => ending.request(id, 'failed')
      signal.addEventListener('abort', abandon)
      try {
        signal.throwIfAborted()
        await work()
      } catch (cause) {
        abandon()
        // What cannot be cleared away now is tried again every second.
        await desk.reconcile(id).catch(() => {})
        throw errorIn(id) ?? cause
      } finally {
        signal.removeEventListener('abort', abandon)
      }
    },
    handover(id) {
      const error = errorIn(id)
      if (error) throw error
      if (store.get(id)?.state !== 'ready') throw endedBeforeReady(id)
      return handovers.handover(id)
    },
  }
}
