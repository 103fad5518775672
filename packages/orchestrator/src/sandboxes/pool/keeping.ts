import type { Blueprint } from '@stuntdouble/sdk/wire'
import { traceOf } from '../../lib/trace.ts'
import type { Desk } from '../desk.ts'
import type { Leases } from '../leases.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Demand } from './demand.ts'
import type { ImageDigests } from './image-digests.ts'
import { type Make, pooledLease, pooledLeaseMs } from './making.ts'
import { imagesOf, shapeOf } from './pool-key.ts'
import { type Bound, type Member, planPool } from './pool-plan.ts'
import type { PoolRows } from './pool-rows.ts'
import type { Standings } from './standings.ts'

/** Keeps the pool as it should be. */
export interface Keeping extends AsyncDisposable {
  /** Renews leases, ends what is stale or too much, and begins to make what is missing. */
  beat(signal: AbortSignal): Promise<void>
}

interface Parts {
  readonly desk: Desk
  readonly leases: Pick<Leases, 'moveDeadline'>
  readonly demand: Demand
  readonly digests: ImageDigests
  readonly rows: Pick<PoolRows, 'list'>
  readonly standings: Standings
  readonly make: Make
  readonly bound: Bound
  /** Whether somebody waits for a sandbox, or just got one and is at work. */
  readonly isBusy: () => boolean
  /** Ends one unless somebody has it by now. */
  readonly end: (id: string) => void
}

const renewBelowMs = (pooledLeaseMs * 2) / 3
const makeWithinMs = 15 * 60_000

export function createKeeping(parts: Parts): Keeping {
  const { desk, demand, digests, rows, standings } = parts
  const { store, clock, log } = desk
  const closing = new AbortController()
  let making: Promise<void> | undefined

  function renew(members: readonly Sandbox[]): void {
    const now = clock()
    const due = members.filter(({ expiresAt }) => expiresAt > now && expiresAt - now < renewBelowMs)
    if (due.length === 0) return
    desk.storage.transaction(() => due.map(({ id }) => store.update(id, pooledLease(now))))
    // One that is being made takes its deadline from the journal; of one that died the reconciler hears.
    for (const { id } of due) parts.leases.moveDeadline(id).catch(() => {})
  }

  const memberOf = (sandbox: Sandbox): Member => ({
    ...{ id: sandbox.id, createdAt: sandbox.createdAt, shape: shapeOf(sandbox.blueprint) },
    ...{ warm: sandbox.state === 'ready', stale: standings.isStale(sandbox) },
  })

  const wishedImages = () =>
    demand
      .wishes()
      .filter(({ count }) => count > 0)
      .flatMap(({ shape }) => demand.known.get(shape) ?? [])
      .flatMap(({ blueprint }) => standings.images(blueprint))

  async function makeOne(shape: string, blueprint: Blueprint): Promise<void> {
    const until = AbortSignal.any([closing.signal, AbortSignal.timeout(makeWithinMs)])
    const isMade = await parts.make(blueprint, until).catch((cause) => {
      log.warn(traceOf(cause), 'none could be kept ready')
      return false
    })
    if (isMade === false) demand.failed(shape)
  }

  const members = () => rows.list().filter(({ endReason }) => endReason === null)

  return {
    async beat(signal) {
      renew(members())
      await digests.look([...wishedImages(), ...members().flatMap(imagesOf)], signal)
      const { end, make } = planPool(demand.wishes(), members().map(memberOf), parts.bound)
      end.forEach(parts.end)
      const blueprint = make === null ? undefined : demand.known.get(make)?.blueprint
      if (make === null || !blueprint || making || closing.signal.aborted || parts.isBusy()) return
      making = makeOne(make, blueprint).finally(() => {
        making = undefined
      })
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the orchestrator is stopping'))
      for (const { id, state } of members()) if (state === 'creating') parts.end(id)
      await making
    },
  }
}
