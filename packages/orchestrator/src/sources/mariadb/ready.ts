import { setTimeout as sleep } from 'node:timers/promises'
import type { Credentials, Dial } from '../sources.ts'
import { dialled } from './dialled.ts'
import { isServerError } from './errors.ts'
import { connect } from './session.ts'
import { targetError } from './target-error.ts'

const pauseMs = 5

/** Asks again until the server lets us in. A staging server has no database but its own yet. */
export async function waitUntilReady(
  dial: Dial,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    if (await answers(dial, credentials, signal)) return
    await sleep(pauseMs, undefined, { signal })
  }
}

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
