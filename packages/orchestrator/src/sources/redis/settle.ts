import { untilAborted } from '../session-pool.ts'
import type { Credentials, Dial } from '../sources.ts'
import { notSettled } from './errors.ts'
import { enter, openSession } from './session.ts'

const heldMs = 60_000
const releaseWithinMs = 2_000

/** Writers wait; what they wrote before is saved, and nothing else is when its files are copied. */
export async function settle(
  dial: Dial,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const session = await openSession(await dial(signal), signal)
  try {
    await untilAborted(session, signal, async () => {
      await enter(session, credentials)
      await session.call('CLIENT', 'PAUSE', String(heldMs), 'WRITE')
      await session.call('SAVE')
    })
  } catch (cause) {
    // The writers wait for it until their minute is over.
    await session.call('CLIENT', 'UNPAUSE').catch(() => {})
    session.destroy()
    signal.throwIfAborted()
    throw notSettled(cause)
  }
  return {
    async [Symbol.asyncDispose]() {
      const late = AbortSignal.timeout(releaseWithinMs)
      await untilAborted(session, late, () => session.call('CLIENT', 'UNPAUSE')).catch(() => {})
      session.destroy()
    },
  }
}
