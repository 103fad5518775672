import { pause } from '../../lib/every.ts'
import { createPulse } from './pulse.ts'
import { leastBytes, Ring, type Slice } from './ring.ts'

/** How long a process waits for a follower that reads nothing, before it goes on without it. */
const patienceMs = 30_000

/** Who follows a stream: the process does not run ahead of it by more than is kept. */
export interface Follower extends Disposable {
  read(limit: number): Slice
}

/** One stream of a process, kept at its end and followed by any number. */
export interface Output {
  readonly kept: { readonly from: number; readonly to: number }
  append(chunk: Buffer): Promise<void>
  read(offset: number, limit: number): Slice
  follow(offset: number): Follower
}

const nothing = Buffer.alloc(0)

interface Place {
  at: number
  /** One that let the process wait in vain is not waited for until it has caught up. */
  waitedFor: boolean
}

/** `changed` is called when there is more to read. */
export function createOutput(grant: (bytes: number) => number, changed: () => void): Output {
  const ring = new Ring(grant)
  const places = new Set<Place>()
  const moved = createPulse()

  async function roomFor(bytes: number): Promise<void> {
    for (;;) {
      const next = moved.next
      const bound = ring.lostBelow(bytes)
      const behind = [...places].filter(({ at, waitedFor }) => waitedFor && at < bound)
      if (behind.length === 0) return
      if (!(await inTime(next))) for (const place of behind) place.waitedFor = false
    }
  }

  return {
    get kept() {
      return { from: ring.from, to: ring.to }
    },
    async append(chunk) {
      for (let at = 0; at < chunk.length; at += leastBytes) {
        const piece = chunk.subarray(at, at + leastBytes)
        await roomFor(piece.length)
        ring.append(piece)
        changed()
      }
    },
    read: (offset, limit) => ring.read(offset, limit),
    follow(offset) {
      const place: Place = { at: offset, waitedFor: true }
      places.add(place)
      return {
        read(limit) {
          if (place.at > ring.to) return { bytes: nothing, offset: place.at, dropped: 0 }
          const slice = ring.read(place.at, limit)
          place.at = slice.offset + slice.bytes.length
          if (place.at === ring.to) place.waitedFor = true
          moved.beat()
          return slice
        },
        [Symbol.dispose]() {
          places.delete(place)
          moved.beat()
        },
      }
    },
  }
}

async function inTime(moved: Promise<void>): Promise<boolean> {
  const settled = new AbortController()
  const late = pause(patienceMs, settled.signal).then(() => false)
  const first = await Promise.race([moved.then(() => true), late])
  settled.abort()
  return first
}
