import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Engine } from '../engine/engine.ts'
import { notSealed } from './errors.ts'
import type { SnapshotRow, SnapshotStore } from './store.ts'

interface Removal {
  readonly engine: Engine
  readonly store: SnapshotStore
  readonly row: SnapshotRow
  /** Ends what nobody uses and still holds a copy. */
  readonly release: (snapshot: string) => Promise<void>
}

/** Out of reach first, then gone: no sandbox begins on a snapshot that is going away. */
export async function removeSnapshot(
  { engine, store, row, release }: Removal,
  signal: AbortSignal,
): Promise<void> {
  if (row.state === 'building') throw notSealed(row.id)
  store.fail(row.id)
  try {
    await release(row.id)
    await engine.volumes.remove(row.id, signal)
  } catch (cause) {
    if (isInUse(cause) && row.sealed) store.restore(row.id)
    throw cause
  }
  store.delete(row.id)
}

export const isInUse = (cause: unknown) =>
  cause instanceof SandboxError && cause.code === 'snapshot_in_use'
