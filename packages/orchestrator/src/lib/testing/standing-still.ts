import { setTimeout as sleep } from 'node:timers/promises'

const stillMs = 300

/** What a number comes to that grows no more. The test’s own time-out ends the wait for one that does. */
export async function standingStill(look: () => number): Promise<number> {
  for (;;) {
    const before = look()
    await sleep(stillMs)
    if (look() === before && before > 0) return before
  }
}
