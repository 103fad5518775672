import type { Engine, ObservedPod } from '../engine/engine.ts'
import { isHelperId } from '../lib/ids.ts'
import { clearAway } from './clear-away.ts'
import { isInUse } from './remove.ts'
import type { SnapshotRow, SnapshotStore } from './store.ts'

interface Recovery {
  readonly engine: Engine
  readonly store: SnapshotStore
}

/**
 * Called before any build of this process: whatever is being built or removed now was left by one
 * that died. Goes on after a failure, and then throws the first.
 */
export async function recoverSnapshots(
  { engine, store }: Recovery,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = store.list().filter(({ state }) => state !== 'sealed')
  const outcomes = await Promise.allSettled(unfinished.map((row) => finish({ engine, store }, row)))
  const strays = (await engine.list(signal)).filter(isStaging)
  for (const { id } of strays) await engine.destroy(id, signal)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** One without a container has nothing to say its kind, and so is known by its id. */
const isStaging = ({ id, kind }: ObservedPod) => kind === 'staging' || isHelperId(id)

async function finish({ engine, store }: Recovery, row: SnapshotRow): Promise<void> {
  try {
    await clearAway(engine, row.id)
    store.delete(row.id)
  } catch (cause) {
    // A removal that a running sandbox refused, cut short before its snapshot was put back.
    if (!isInUse(cause) || row.sealed === null) throw cause
    store.restore(row.id)
  }
}
