import { setTimeout as sleep } from 'node:timers/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { untilAborted } from '../session-pool.ts'
import type { Credentials, Dial } from '../sources.ts'
import { replyCode } from './errors.ts'
import { release } from './lifetimes.ts'
import { enter, openSession } from './session.ts'

const pauseMs = 5

/** Asks again until the server has loaded its data and lets us in. From then on keys grow old. */
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

async function answers(dial: Dial, credentials: Credentials, signal: AbortSignal) {
  try {
    await using session = await openSession(await dial(signal), signal)
    await untilAborted(session, signal, async () => {
      await enter(session, credentials)
      await session.call('PING')
      await release(session, signal)
    })
    return true
  } catch (cause) {
    signal.throwIfAborted()
    const code = replyCode(cause)
    if (code === undefined || code === 'LOADING') return false
    throw refused(code)
  }
}

const refused = (code: string) =>
  new SandboxError('engine_failed', `The server of the copy answers with an error (${code}).`, {
    hint: 'Is the image a Redis of the snapshot’s major version? Leave `image` out to use the one it was built with.',
  })
