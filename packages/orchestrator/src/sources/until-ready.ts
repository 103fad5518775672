import { setTimeout as sleep } from 'node:timers/promises'

const pauseMs = 5

/** Asks again until a server answers. What it throws, such as for a wrong password, ends the asking. */
export async function untilReady(
  answers: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    if (await answers()) return
    await sleep(pauseMs, undefined, { signal })
  }
}
