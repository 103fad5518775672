import { z } from 'zod'
import type { Storage } from '../../storage/storage.ts'
import type { Sandbox } from '../sandbox.ts'
import { mapColumns, type SandboxStore } from '../store.ts'

/** The rows of those that are kept ready. */
export interface PoolRows {
  /** Those that live, also those being made, oldest first. */
  list(): Sandbox[]
  /** Ids of those ready to be had, oldest first; their leases last until `until` at least. */
  claimable(key: string, until: number): string[]
  /** Takes one out of the pool. False when somebody else did, or its end has begun. */
  claim(id: string, key: string, change: Partial<Omit<Sandbox, 'id' | 'pool'>>): boolean
}

const Ids = z.array(z.object({ id: z.string() }).transform(({ id }) => id))

export function createPoolRows(
  { sqlite }: Pick<Storage, 'sqlite'>,
  store: Pick<SandboxStore, 'get'>,
): PoolRows {
  const living = sqlite.prepare(
    `SELECT id FROM sandboxes WHERE pool IS NOT NULL AND state <> 'ended' ORDER BY createdAt, id`,
  )
  const isOpen = `pool = :key AND state = 'ready' AND endReason IS NULL`
  const claimable = sqlite.prepare(
    `SELECT id FROM sandboxes WHERE ${isOpen} AND expiresAt >= :until ORDER BY createdAt, id`,
  )

  return {
    list: () => Ids.parse(living.all()).flatMap((id) => store.get(id) ?? []),
    claimable: (key, until) => Ids.parse(claimable.all({ key, until })),
    claim(id, key, change) {
      const assignments = Object.keys(change).map((field) => `${field} = :new_${field}`)
      const values = Object.entries(mapColumns(change)).map(([field, to]) => [`new_${field}`, to])
      const { changes } = sqlite
        .prepare(
          `UPDATE sandboxes SET pool = NULL, ${assignments.join(', ')} WHERE id = :id AND ${isOpen}`,
        )
        .run({ ...Object.fromEntries(values), id, key })
      return changes === 1
    },
  }
}
