import { type EndReason, problemOf } from '@stuntdouble/sdk/wire'
import type { PoolUsage } from '../engine/engine.ts'
import type { Desk } from './desk.ts'
import { type DiskUse, diskBound, isOver, sumOf, volumesOf } from './disk-bound.ts'
import { diskLimitReached, diskReserveReached } from './errors.ts'
import { createOpenFiles } from './open-files.ts'
import type { Sandbox } from './sandbox.ts'

/**
 * Holds sandboxes to what they may write, where no quota does (docs/adr/0011). It ends them at once
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

const mebibyte = 1024 ** 2
/** So much, or so many files, is not walked for: it is the most that a walk can be late by. */
const walkAfter: DiskUse = { bytes: 64 * mebibyte, inodes: 10_000 }
/** One may write as another deletes, so that little seems to be written, or nothing. */
const walkWhenChangedMs = 10_000
const walkEveryMs = 60_000
/** Below this nobody is a grower. */
const growerBytes = 64 * mebibyte
const leastFreeInodes = 20_000

/** Kept free, so that who writes fast is ended before the others' writes fail. */
const reserveOf = ({ sizeBytes }: PoolUsage) =>
  Math.max(192 * mebibyte, Math.min(sizeBytes / 16, 2048 * mebibyte))

export function createWatchdog({ store, engine, diskUses: uses, ...desk }: Parts): Watchdog {
  const { clock } = desk
  const open = createOpenFiles({ engine, ...desk })
  let last: Walk | undefined

  const living = () =>
    store
      .list({ ended: false })
      .filter(({ state, endReason }) => state !== 'ending' && endReason === null)

  async function walk(sandboxes: readonly Sandbox[], signal: AbortSignal): Promise<void> {
    const usage = await engine.volumes.usage(signal)
    const names = new Map(sandboxes.map((sandbox) => [sandbox.id, volumesOf(sandbox)]))
    const found = await engine.volumes.measure([...names.values()].flat(), signal)
    await open.look(usage.freeBytes + sumOf(found).bytes, signal)
    uses.clear()
    for (const [id, own] of names) {
      const walkedUse = sumOf(found.filter(({ name }) => own.includes(name)))
      uses.set(id, { ...walkedUse, bytes: walkedUse.bytes + open.heldBy(id) })
    }
    last = { ...usage, at: clock() }
  }

  async function end(sandbox: Sandbox, reason: EndReason): Promise<void> {
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
      const by = shortOfInodes ? 'inodes' : 'bytes'
      const held = (sandbox: Sandbox) => uses.get(sandbox.id)?.[by] ?? 0
      const greatest = sandboxes.toSorted((one, other) => held(other) - held(one))[0]
      const least = shortOfInodes ? walkAfter.inodes : growerBytes
      if (greatest && held(greatest) >= least) return end(greatest, 'disk_reserve')
      open.suspect()
    },
    async guardBounds(signal) {
      const sandboxes = living()
      if (sandboxes.length === 0) return
      const usage = await engine.volumes.usage(signal)
      if (!isDue(last, { ...usage, at: clock() })) return
      await walk(sandboxes, signal)
      const over = sandboxes.filter(({ id, blueprint }) =>
        isOver(uses.get(id) ?? sumOf([]), diskBound(blueprint)),
      )
      await Promise.all(over.map((sandbox) => end(sandbox, 'disk_limit')))
    },
  }
}

/** When the volumes were walked, and what was free then. */
type Walk = PoolUsage & { readonly at: number }

function isDue(last: Walk | undefined, now: Walk): boolean {
  if (last === undefined || now.at - last.at >= walkEveryMs) return true
  const wrote = last.freeBytes - now.freeBytes
  if (wrote !== 0 && now.at - last.at >= walkWhenChangedMs) return true
  return wrote >= walkAfter.bytes || last.freeInodes - now.freeInodes >= walkAfter.inodes
}
