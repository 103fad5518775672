import type { Receipt } from '@stuntdouble/sdk/wire'
import { traceOf } from '../../lib/trace.ts'
import type { Desk } from '../desk.ts'
import type { Ending } from '../ending.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Demand } from './demand.ts'
import { shapeOf } from './pool-key.ts'
import type { PoolRows } from './pool-rows.ts'

/** Ends what is kept ready. */
export interface Emptying {
  /** One, unless somebody has it by now. */
  end(id: string): Promise<unknown>
  /** Makes room: the one whose like was asked for longest ago. One at a time. */
  evict(): void
  /** Those that hold a copy of a snapshot; resolves when they are gone. */
  release(snapshot: string): Promise<void>
  /** All, and forgets what was asked for. */
  drain(): Promise<Receipt[]>
  /** Resolves when no end is under way. */
  settled(): Promise<unknown>
}

interface Parts {
  readonly desk: Pick<Desk, 'store' | 'reconcile' | 'log'>
  readonly ending: Ending
  readonly rows: Pick<PoolRows, 'list'>
  readonly demand: Demand
}

export function createEmptying({ desk, ending, rows, demand }: Parts): Emptying {
  const { store, log } = desk
  const going = new Map<string, Promise<unknown>>()

  function end(id: string): Promise<unknown> {
    const sandbox = store.get(id)
    if (!sandbox || sandbox.pool === null) return Promise.resolve()
    if (sandbox.endReason === null) ending.request(id, 'unclaimed')
    const gone = desk
      .reconcile(id)
      .catch((cause) => log.warn({ ...traceOf(cause), sandbox: id }, 'will try again'))
      .finally(() => going.delete(id))
    going.set(id, gone)
    return gone
  }

  return {
    end,
    settled: () => Promise.all(going.values()),
    evict() {
      if (going.size > 0) return
      const askedAt = new Map(demand.wishes().map((wish) => [wish.shape, wish.askedAt]))
      const of = ({ blueprint }: Sandbox) => askedAt.get(shapeOf(blueprint)) ?? 0
      const [least] = rows
        .list()
        .filter(({ endReason }) => endReason === null)
        .toSorted((one, other) => of(one) - of(other))
      if (least) void end(least.id)
    },
    async release(snapshot) {
      const holds = ({ databases, files }: Sandbox) =>
        [...databases, ...files].some((one) => one.snapshot === snapshot)
      await Promise.all(
        rows
          .list()
          .filter(holds)
          .map(({ id }) => end(id)),
      )
    },
    async drain() {
      demand.forget()
      const ids = rows.list().map(({ id }) => id)
      await Promise.all(ids.map(end))
      return ids.flatMap((id) => store.receipt(id) ?? [])
    },
  }
}
