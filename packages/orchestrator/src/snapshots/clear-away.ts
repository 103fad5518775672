import type { Engine } from '../engine/engine.ts'

const patienceMs = 60_000

/**
 * Removes whatever a build left on the engine: its pod, the volume being filled, the sealed one.
 * Content when nothing is there. Has its own deadline: it also runs after an abort.
 */
export async function clearAway(engine: Engine, snapshot: string): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs)
  await engine.destroy(snapshot, signal)
  await engine.volumes.remove(snapshot, signal)
}
