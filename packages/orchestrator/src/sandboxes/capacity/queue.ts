import type { Clock } from '../../lib/clock.ts'
import { noRoom } from './errors.ts'
import { fits, type Room } from './room.ts'
import { type TakenRows, without } from './taken.ts'
import { type Entrant, type Waiting, waitFor } from './waiting.ts'

/** Creations in the order in which they came. Who needs much is not passed by those who need little. */
export interface Queue {
  /**
   * Resolves with what `begin` returns, called when there is room and this is the first that waits.
   * Throws `capacity` where waiting is not wanted, too many wait already, or it takes too long. Who
   * aborts leaves the queue.
   */
  enter<Begun>(entrant: Entrant<Begun>, signal: AbortSignal): Promise<Begun>
  /** Lets in whoever now has room, and tells the others where they stand. */
  look(): Promise<void>
  readonly length: number
}

export interface QueueParts {
  readonly rows: TakenRows
  readonly room: () => Promise<Room>
  /** Asks for room from what is kept ready; it comes later. */
  readonly evict: () => void
  readonly clock: Clock
  /** How many may wait, and for how long. */
  readonly most: number
  readonly waitMs: number
  /** How long one that may not wait hopes for the room of what is kept ready. */
  readonly hopeMs: number
}

export function createQueue({ rows, clock, most, ...parts }: QueueParts): Queue {
  const waiting = new Set<Waiting>()

  function refuse(one: Waiting, room: Room): void {
    const { memoryBytes } = one
    const now = { taken: rows.taken().all, ends: rows.nextEnds(), now: clock() }
    one.refuse(noRoom({ ...room, ...now, memoryBytes }))
  }

  /** Whether the first that still waits has what is kept ready to hope for. */
  function letIn(room: Room): boolean {
    for (const head of waiting) {
      const { all, pooled } = rows.taken()
      if (!fits(head.memoryBytes, all, room)) {
        const hopes = fits(head.memoryBytes, without(all, pooled), room)
        if (hopes) parts.evict()
        return hopes
      }
      waiting.delete(head)
      head.letIn()
    }
    return false
  }

  function settle(room: Room): void {
    const hopes = letIn(room)
    const ends = waiting.size > 0 ? rows.nextEnds() : []
    let before = 0
    for (const one of [...waiting]) {
      const stays = (before === 0 && hopes) || (one.wait && before < most)
      if (!stays) {
        waiting.delete(one)
        refuse(one, room)
        continue
      }
      one.onProgress(standing(before, ends[before]))
      before += 1
    }
  }

  const standing = (before: number, endsAt: number | undefined) => ({
    phase: 'queue',
    message: `Waiting for room, ${before === 0 ? 'next in line' : `${before} before this one`}`,
    etaSeconds: endsAt === undefined ? null : Math.max(1, Math.ceil((endsAt - clock()) / 1000)),
  })

  const patienceFor = ({ wait }: Pick<Waiting, 'wait'>) =>
    wait ? parts.waitMs : Math.min(parts.hopeMs, parts.waitMs)

  async function look(): Promise<void> {
    if (waiting.size > 0) settle(await parts.room())
  }

  return {
    look,
    get length() {
      return waiting.size
    },
    async enter(entrant, signal) {
      signal.throwIfAborted()
      const late = (one: Waiting) => void parts.room().then((room) => refuse(one, room), one.refuse)
      const { one, begun } = waitFor(entrant, { signal, waitMs: patienceFor(entrant), late })
      waiting.add(one)
      look().catch(one.refuse)
      return begun.finally(() => waiting.delete(one))
    },
  }
}
