import { elapsed } from '../lib/clock.ts'
import { traceOf } from '../lib/trace.ts'
import type { Desk } from './desk.ts'

/** What sandboxes hold in files that were deleted while they are open, where no walk finds them. */
export interface OpenFiles {
  /**
   * To be told after each walk what is free and what the walk found, together: of a pool in which
   * nothing is hidden that sum stays. Looks at open files when it fell by much, or when much was held
   * before, since looking costs as much as a start.
   */
  look(freeAndFoundBytes: number, signal: AbortSignal): Promise<void>
  /** Makes the next walk look in any case. */
  suspect(): void
  heldBy(sandbox: string): number
}

/** A snapshot that is built takes room that no walk explains either. */
const unexplainedBytes = 256 * 1024 ** 2
/** Servers keep a few of their own. */
const muchBytes = 64 * 1024 ** 2
const lookEveryMs = 5_000

export function createOpenFiles({
  engine,
  clock,
  log,
}: Pick<Desk, 'engine' | 'clock' | 'log'>): OpenFiles {
  let held: ReadonlyMap<string, number> = new Map()
  let explained = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let suspected = false

  return {
    heldBy: (sandbox) => held.get(sandbox) ?? 0,
    suspect() {
      suspected = true
    },
    async look(freeAndFound, signal) {
      // A copy of data may hold more than is found of it, so only a fall since the last look counts.
      explained = Math.max(explained, freeAndFound)
      const isMissing = explained - freeAndFound >= unexplainedBytes
      if (!isMissing && !suspected && !isMuch(held)) return
      if (elapsed(lookedAt, clock()) < lookEveryMs) return
      ;[lookedAt, suspected] = [clock(), false]
      held = await engine.heldOpen(signal).catch((cause) => {
        log.warn(traceOf(cause), 'open files could not be looked at')
        return held
      })
      const bytes = [...held.values()].reduce((sum, each) => sum + each, 0)
      explained = freeAndFound + bytes
    },
  }
}

const isMuch = (held: ReadonlyMap<string, number>) =>
  [...held.values()].some((bytes) => bytes >= muchBytes)
