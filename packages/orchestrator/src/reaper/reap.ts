import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'

export interface Reaping {
  readonly engine: Pick<Engine, 'deadlines' | 'destroy'>
  readonly clock: Clock
  /** The one that an orchestrator holds as long as it lives. */
  readonly takeLock: () => Disposable | undefined
}

/** The gate looks once a second. */
const graceMs = 3_000
/** An orchestrator that starts meanwhile waits for so long, and a little longer. */
const destroyWithinMs = 8_000

/**
 * Removes one pod whose deadline passed, with nobody else at work. `done`: an orchestrator has come up,
 * which knows more than we do, or nothing of the installation has a lease any more.
 */
export async function reapOne({ engine, clock, takeLock }: Reaping): Promise<'done' | 'again'> {
  using lock = takeLock()
  if (lock === undefined) return 'done'
  const deadlines = await engine.deadlines()
  const over = [...deadlines].filter(([, deadline]) => clock() >= deadline.getTime() + graceMs)
  // Any of them: one that will not go must not hold up the others.
  const [pod] = over[Math.floor(Math.random() * over.length)] ?? []
  if (pod !== undefined) await engine.destroy(pod, AbortSignal.timeout(destroyWithinMs))
  return deadlines.size === 0 ? 'done' : 'again'
}
