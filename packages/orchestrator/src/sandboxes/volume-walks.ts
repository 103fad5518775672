import type { PoolUsage } from '../engine/engine.ts'
import { elapsed } from '../lib/clock.ts'
import type { Desk } from './desk.ts'
import { type DiskUse, sumOf } from './disk-bound.ts'
import { createOpenFiles } from './open-files.ts'
import type { Sandbox } from './sandbox.ts'

/** Measures what sandboxes hold, as seldom as will do. */
export interface VolumeWalks {
  /** Whether what is known may be out of date, now that so much is free. */
  isDue(usage: PoolUsage): boolean
  /** Brings `diskUses` up to date. One walk at a time: who comes meanwhile takes what it finds. */
  walk(sandboxes: readonly Sandbox[], signal: AbortSignal): Promise<void>
  /** Makes the next walk look at open files as well. */
  suspect(): void
}

const mebibyte = 1024 ** 2
/** So much, or so many files, is not walked for: it is the most that a walk can be late by. */
export const walkAfter: DiskUse = { bytes: 64 * mebibyte, inodes: 10_000 }
/** One may write as another deletes, so that little seems to be written, or nothing. */
const walkWhenChangedMs = 10_000
const walkEveryMs = 60_000

export function createVolumeWalks({
  engine,
  diskUses,
  clock,
  log,
}: Pick<Desk, 'engine' | 'diskUses' | 'clock' | 'log'>): VolumeWalks {
  const open = createOpenFiles({ engine, clock, log })
  let last: (PoolUsage & { readonly at: number }) | undefined
  let walking: Promise<void> | undefined

  async function walkNow(sandboxes: readonly Sandbox[], signal: AbortSignal): Promise<void> {
    const usage = await engine.volumes.usage(signal)
    // Its checkpoints are among them.
    const owned = Map.groupBy(await engine.volumes.list(signal), ({ pod }) => pod)
    const names = new Map(
      sandboxes.map(({ id }) => [id, (owned.get(id) ?? []).map(({ name }) => name)]),
    )
    const found = await engine.volumes.measure([...names.values()].flat(), signal)
    await open.look(usage.freeBytes + sumOf(found).bytes, signal)
    diskUses.clear()
    for (const [id, own] of names) {
      const walked = sumOf(found.filter(({ name }) => own.includes(name)))
      diskUses.set(id, { ...walked, bytes: walked.bytes + open.heldBy(id) })
    }
    last = { ...usage, at: clock() }
  }

  return {
    suspect: open.suspect,
    isDue({ freeBytes, freeInodes }) {
      const age = elapsed(last?.at ?? Number.NEGATIVE_INFINITY, clock())
      if (last === undefined || age >= walkEveryMs) return true
      const wrote = last.freeBytes - freeBytes
      if (wrote !== 0 && age >= walkWhenChangedMs) return true
      return wrote >= walkAfter.bytes || last.freeInodes - freeInodes >= walkAfter.inodes
    },
    walk(sandboxes, signal) {
      walking ??= walkNow(sandboxes, signal).finally(() => {
        walking = undefined
      })
      return walking
    },
  }
}
