import { subsetTooLarge } from './errors.ts'
import type { Reach } from './reach.ts'
import { RowSet } from './row-set.ts'
import type { Found, Missing, Reference, Rows } from './subset.ts'

interface How {
  readonly by?: Reference
  /** What refers to the rows, where they are needed for its sake. */
  readonly neededBy?: string
}

/** The rows of a subset so far, and those of them that were not followed yet. */
export class Taken {
  readonly #reach: Reach
  readonly #sets = new Map<string, RowSet>()
  readonly #cut = new Map<string, number>()
  readonly #missing = new Map<string, Missing>()
  #fresh: Rows[] = []
  #count = 0

  constructor(reach: Reach) {
    this.#reach = reach
  }

  /** Of every table that is neither whole nor empty and has any. */
  get rows(): ReadonlyMap<string, Float64Array> {
    return new Map([...this.#sets].map(([table, { rows }]) => [table, rows]))
  }

  /** Rows that limits left out where they were looked for; another way may have led to some. */
  get cut(): ReadonlyMap<string, number> {
    return this.#cut
  }

  get missing(): readonly Missing[] {
    return [...this.#missing.values()]
  }

  add(found: readonly Found[], { by, neededBy }: How = {}): void {
    const { whole, empty } = this.#reach
    for (const { table, rows, cut = 0 } of found) {
      if (cut > 0) this.#cut.set(table, cut + (this.#cut.get(table) ?? 0))
      if (rows.length === 0 || whole.has(table)) continue
      if (!empty.has(table)) this.#take({ table, rows, ...(by && { by }) })
      else if (neededBy !== undefined)
        this.#missing.set(`${table} ${neededBy}`, { table, neededBy })
    }
  }

  #take({ table, rows: found, by }: Rows & { readonly rows: Float64Array }): void {
    const set = this.#sets.get(table) ?? new RowSet()
    this.#sets.set(table, set)
    const rows = set.add(found)
    if (rows.length > 0) this.#fresh.push({ table, rows, ...(by && { by }) })
    this.#count += rows.length
    if (this.#count > mostRows) throw subsetTooLarge(mostRows)
  }

  /** What came since this was last asked. */
  fresh(): readonly Rows[] {
    const fresh = this.#fresh
    this.#fresh = []
    return fresh
  }
}

/** Eight bytes each, and as many again while some are added. */
export const mostRows = 10_000_000
