import type { Blueprint } from '@stuntdouble/sdk/wire'
import type { Capacity } from '../capacity/capacity.ts'
import type { Desk } from '../desk.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Starting } from '../starting.ts'
import { firstSnapshot } from '../view.ts'
import type { Standing, Standings } from './standings.ts'

/** Makes one to be kept ready. False when it failed; undefined when there is no room for it. */
export type Make = (blueprint: Blueprint, signal: AbortSignal) => Promise<boolean | undefined>

interface Parts {
  readonly desk: Desk
  readonly starting: Starting
  readonly capacity: Pick<Capacity, 'tryBegin'>
  readonly standings: Standings
}

/** Nobody renews it once the orchestrator is dead: so soon its gate ends it then. */
export const pooledLeaseMs = 45_000

export const pooledLease = (now: number) => ({ expiresAt: now + pooledLeaseMs, activeAt: now })

export function createMake({ desk, starting, capacity, standings }: Parts): Make {
  const { store, storage, recorder, clock } = desk

  function journal({ sandbox, key }: Standing): Sandbox {
    const row = { ...sandbox, ...pooledLease(clock()), idleMs: pooledLeaseMs, pool: key }
    storage.transaction(() => {
      store.insert(row)
      recorder.record(row.id, 'pooled', { snapshot: firstSnapshot(row) })
    })
    return row
  }

  return async (blueprint, signal) => {
    const standing = standings.of(blueprint)
    if (!standing) return undefined
    const { memoryBytes } = standing.sandbox
    const sandbox = await capacity.tryBegin(memoryBytes, () => journal(standing))
    if (!sandbox) return undefined
    await starting.prepare(sandbox, () => {}, signal)
    await desk.reconcile(sandbox.id)
    return store.get(sandbox.id)?.state === 'ready'
  }
}
