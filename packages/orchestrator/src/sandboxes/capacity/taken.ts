import { z } from 'zod'
import type { Storage } from '../../storage/storage.ts'

/** What sandboxes take, by what the journal says. */
export interface Taken {
  readonly sandboxes: number
  /** What their limits add up to. */
  readonly memoryBytes: number
  /** Those not ready yet: what they will take is not seen on the machine so far. */
  readonly starting: number
}

export interface TakenRows {
  /** Of all that live, and of those among them that are kept ready. */
  taken(): { readonly all: Taken; readonly pooled: Taken }
  /** When the leases of those that somebody has end, soonest first. */
  nextEnds(): number[]
}

const Sums = z.array(
  z.object({
    ...{ pooled: z.int(), sandboxes: z.int() },
    ...{ memoryBytes: z.number(), starting: z.number() },
  }),
)
const Ends = z.array(z.object({ at: z.int() }).transform(({ at }) => at))

export function createTakenRows({ sqlite }: Pick<Storage, 'sqlite'>): TakenRows {
  const sums = sqlite.prepare(
    `SELECT pool IS NOT NULL AS pooled, count(*) AS sandboxes, total(memoryBytes) AS memoryBytes,
      total(state = 'creating') AS starting FROM sandboxes WHERE state <> 'ended' GROUP BY 1`,
  )
  const ends = sqlite.prepare(
    `SELECT min(expiresAt, activeAt + idleMs) AS at FROM sandboxes
      WHERE pool IS NULL AND state <> 'ended' ORDER BY at`,
  )

  return {
    taken() {
      const rows = Sums.parse(sums.all())
      return { all: sumOf(rows), pooled: sumOf(rows.filter(({ pooled }) => pooled === 1)) }
    },
    nextEnds: () => Ends.parse(ends.all()),
  }
}

const sumOf = (rows: readonly Taken[]): Taken => ({
  sandboxes: rows.reduce((sum, { sandboxes }) => sum + sandboxes, 0),
  memoryBytes: rows.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  starting: rows.reduce((sum, { starting }) => sum + starting, 0),
})

/** With so many more alike, none of which runs yet. */
export const grown = (taken: Taken, memoryBytes: number, count: number): Taken => ({
  sandboxes: taken.sandboxes + count,
  memoryBytes: taken.memoryBytes + memoryBytes * count,
  starting: taken.starting + count,
})

export const without = (all: Taken, part: Taken): Taken => ({
  sandboxes: all.sandboxes - part.sandboxes,
  memoryBytes: all.memoryBytes - part.memoryBytes,
  starting: all.starting - part.starting,
})
