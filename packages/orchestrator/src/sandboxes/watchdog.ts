import { type EndReason, problemOf } from '@stuntdouble/sdk/wire'
import { within } from '../lib/every.ts'
import type { Desk } from './desk.ts'
import { type DiskUse, diskBound, isOver, reserveOf, sumOf } from './disk-bound.ts'
import { diskLimitReached, diskReserveReached } from './errors.ts'
import type { Sandbox } from './sandbox.ts'
import { createVolumeWalks, walkAfter } from './volume-walks.ts'

/**
 * Holds sandboxes to what they may write, where no quota does (docs/adr/0013). It ends them at once
 * and never pauses them: a paused container would outlive its gate, and so its lease.
 */
export interface Watchdog {
  /** Ends the greatest grower while the room that all share is short. Cheap: asks for two numbers. */
  guardRoom(signal: AbortSignal): Promise<void>
  /** Walks the volumes when enough was written since the last walk, and ends what is over its bound. */
  guardBounds(signal: AbortSignal): Promise<void>
}

type Parts = Pick<
  Desk,
  'store' | 'engine' | 'storage' | 'recorder' | 'clock' | 'log' | 'reconcile' | 'diskUses'
> & {
  /** Interrupts a start under way. */
  readonly interrupt: (id: string) => void
}

const leastFreeInodes = 20_000
/** Who makes a walk last must not win by it: what was known before decides then. */
const patienceMs = 2_000

export function createWatchdog({ store, engine, diskUses: uses, ...desk }: Parts): Watchdog {
  const walks = createVolumeWalks({ engine, diskUses: uses, ...desk })

  const living = () =>
    store
      .list({ ended: false })
      .filter(({ state, endReason }) => state === 'ready' || endReason === null)
      .filter(({ state }) => state !== 'ending')

  async function end(sandbox: Sandbox, reason: EndReason): Promise<void> {
    // Somebody else may have ended it while it was measured; the first reason stays. A command that is
    // run at its end has no leave to write more than it may.
    if (store.get(sandbox.id)?.endReason !== null) {
      desk.interrupt(sandbox.id)
      return
    }
    const [used, allowed] = [uses.get(sandbox.id) ?? sumOf([]), diskBound(sandbox.blueprint)]
    const tell = reason === 'disk_limit' ? diskLimitReached : diskReserveReached
    const problem = problemOf(tell(sandbox.id, used, allowed))
    desk.storage.transaction(() => {
      store.update(sandbox.id, { endReason: reason, problem })
      desk.recorder.record(sandbox.id, 'limit_reached', {
        limit: reason === 'disk_limit' ? 'disk' : 'disk reserve',
        guard: 'watchdog',
        message: problem.title,
      })
    })
    desk.interrupt(sandbox.id)
    await desk.reconcile(sandbox.id)
  }

  return {
    async guardRoom(signal) {
      const sandboxes = living()
      if (sandboxes.length === 0) return
      const usage = await engine.volumes.usage(signal)
      const shortOfInodes = usage.freeInodes < leastFreeInodes
      if (usage.freeBytes >= reserveOf(usage) && !shortOfInodes) return
      if (walks.isDue(usage)) await within(patienceMs, walks.walk(sandboxes, signal))
      const greatest = greatestOf(sandboxes, uses, shortOfInodes ? 'inodes' : 'bytes')
      if (greatest) return end(greatest, 'disk_reserve')
      walks.suspect()
    },
    async guardBounds(signal) {
      const sandboxes = living()
      if (sandboxes.length === 0) return
      const usage = await engine.volumes.usage(signal)
      if (!walks.isDue(usage)) return
      await walks.walk(sandboxes, signal)
      const over = sandboxes.filter(({ id, blueprint }) =>
        isOver(uses.get(id) ?? sumOf([]), diskBound(blueprint)),
      )
      await Promise.all(over.map((sandbox) => end(sandbox, 'disk_limit')))
    },
  }
}

/** Nobody who holds less than a walk may be late by. */
function greatestOf(
  sandboxes: readonly Sandbox[],
  uses: ReadonlyMap<string, DiskUse>,
  by: keyof DiskUse,
): Sandbox | undefined {
  const held = ({ id }: Sandbox) => uses.get(id)?.[by] ?? 0
  return sandboxes
    .filter((sandbox) => held(sandbox) >= walkAfter[by])
    .toSorted((one, other) => held(other) - held(one))[0]
}
