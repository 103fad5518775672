import {
  type CapacityView,
  type OperatorConfig,
  parseBytes,
  parseDuration,
} from '@stuntdouble/sdk/wire'
import type { Desk } from '../desk.ts'
import { reserveOf } from '../disk-bound.ts'
import { neverFits, noRoom } from './errors.ts'
import { createQueue, type Queue } from './queue.ts'
import { fits, type Room } from './room.ts'
import { createTakenRows, grown, without } from './taken.ts'

/** What the engine’s machine has. */
export interface Machine {
  readonly totalBytes: number
  readonly availableBytes: () => number
}

export interface Capacity extends Pick<Queue, 'enter' | 'look'> {
  readonly maxMemoryBytes: number
  /** Begins where there is room now and nobody waits for it; undefined otherwise. */
  tryBegin<Begun>(memoryBytes: number, begin: () => Begun): Promise<Begun | undefined>
  /** Throws `capacity` unless so many alike fit beside what others have. What is kept ready makes room. */
  require(memoryBytes: number, count: number): Promise<void>
  view(): CapacityView
}

/** Limits are ceilings that few reach: so much more is promised than there is. */
const overcommitment = 4
const diskKnownMs = 2_000
const lookWithinMs = 5_000
/** What is kept ready goes in a moment, or something is in its way. */
const hopeMs = 10_000

const totalMemoryOf = (limits: OperatorConfig['limits'], { totalBytes }: Machine): number =>
  limits.totalMemory === undefined
    ? overcommitment * totalBytes
    : (parseBytes(limits.totalMemory) ?? 0)

type Parts = Pick<Desk, 'storage' | 'engine' | 'clock' | 'limits'> & {
  readonly machine: Machine
  readonly evict: () => void
}

/** How much there may be at once, and who comes next. */
export function createCapacity({ storage, engine, clock, limits, ...parts }: Parts): Capacity {
  const { machine, evict } = parts
  const rows = createTakenRows(storage)
  const maxMemoryBytes = totalMemoryOf(limits, machine)
  const { maxSandboxes } = limits
  let disk: { readonly at: number; readonly look: ReturnType<typeof lookAtDisk> } | undefined

  /** An engine that cannot say is not what stops a creation here: it will say so itself. */
  const lookAtDisk = () =>
    engine.volumes.usage(AbortSignal.timeout(lookWithinMs)).then(
      (usage) => ({ freeDiskBytes: usage.freeBytes, reservedDiskBytes: reserveOf(usage) }),
      () => ({ freeDiskBytes: Number.POSITIVE_INFINITY, reservedDiskBytes: 0 }),
    )

  async function room(): Promise<Room> {
    const now = clock()
    if (!disk || now - disk.at > diskKnownMs) disk = { at: now, look: lookAtDisk() }
    const { totalBytes } = machine
    const space = await disk.look
    return {
      maxSandboxes,
      maxMemoryBytes,
      totalBytes,
      availableBytes: machine.availableBytes(),
      ...space,
    }
  }

  const queue = createQueue({
    ...{ rows, room, evict, clock, most: limits.queue },
    waitMs: (parseDuration(limits.queueWait) ?? 0) * 1000,
    hopeMs,
  })

  return {
    async enter(entrant, signal) {
      const { memoryBytes } = entrant
      if (memoryBytes > maxMemoryBytes) throw neverFits(memoryBytes, maxMemoryBytes)
      return queue.enter(entrant, signal)
    },
    look: queue.look,
    maxMemoryBytes,
    async tryBegin(memoryBytes, begin) {
      const seen = await room()
      const isFree = queue.length === 0 && fits(memoryBytes, rows.taken().all, seen)
      return isFree ? begin() : undefined
    },
    async require(memoryBytes, count) {
      const seen = await room()
      const { all, pooled } = rows.taken()
      const taken = grown(without(all, pooled), memoryBytes, count - 1)
      if (!fits(memoryBytes, taken, seen)) {
        throw noRoom({ ...seen, taken, memoryBytes, ends: rows.nextEnds(), now: clock() })
      }
      if (!fits(memoryBytes, grown(all, memoryBytes, count - 1), seen)) evict()
    },
    view() {
      const { all, pooled } = rows.taken()
      return {
        ...{ sandboxes: all.sandboxes, maxSandboxes },
        ...{ memoryBytes: all.memoryBytes, maxMemoryBytes },
        pooled: { sandboxes: pooled.sandboxes, memoryBytes: pooled.memoryBytes },
        waiting: queue.length,
      }
    },
  }
}
