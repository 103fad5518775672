import type { Credentials, Dial } from '../sources.ts'
import { untilReady } from '../until-ready.ts'
import { dialled } from './dialled.ts'
import { isServerError } from './errors.ts'
import { connect } from './session.ts'
import { targetError } from './target-error.ts'

/** Asks again until the server lets us in. A staging server has no database but its own yet. */
export const waitUntilReady = (
  dial: Dial,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<void> => untilReady(() => answers(dial, credentials, signal), signal)

const noSuchDatabase = 1049

async function answers(dial: Dial, credentials: Credentials, signal: AbortSignal) {
  try {
    await using session = await connect(await dialled(dial, credentials, signal), signal)
    await session.rows('SELECT 1')
    return true
  } catch (cause) {
    signal.throwIfAborted()
    if (!isServerError(cause)) return false
    if (cause.errno === noSuchDatabase) return true
    throw targetError('waiting for the server', cause)
  }
}
