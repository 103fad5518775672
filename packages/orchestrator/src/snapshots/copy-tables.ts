import { type TableShape, tableKey } from '../masking/masking.ts'
import type { Source, TablePart, Target } from '../sources/sources.ts'
import type { Answers } from './answers.ts'
import { copyPart } from './copy-part.ts'
import { inParallel } from './in-parallel.ts'
import type { LeakCheck } from './leak-check/leak-check.ts'
import type { Pace } from './pace.ts'
import { Sameness } from './sameness.ts'
import type { Threads } from './threads/threads.ts'
import type { Throttle } from './throttle.ts'

export interface Copying {
  readonly source: Source
  readonly target: Target
  readonly answers: Answers
  readonly leaks: LeakCheck
  readonly threads: Threads
  readonly pace: Pace
  readonly throttle: Throttle
  /** Streams at once. */
  readonly streams: number
  /** Streams of one table, at most. */
  readonly parts: number
}

export interface CopiedTable {
  /** That went through the masker. */
  readonly rows: number
  /** Columns that are masked and still came out as they went in, as `schema.table.column`. */
  readonly unchanged: readonly string[]
}

/** A stretch of a table, copied on its own. */
export interface Stretch {
  readonly table: TableShape
  readonly part: TablePart
  /** Whether it is all of it. */
  readonly whole: boolean
  readonly estimatedRows: number
  /** One of a table's stretches has its first rows compared. */
  readonly sameness: Sameness | undefined
}

/** Streams every table through the masker, the largest first; what is too large for one stream in parts. */
export async function copyTables(
  copying: Copying,
  signal: AbortSignal,
): Promise<ReadonlyMap<TableShape, CopiedTable>> {
  const { pace, streams } = copying
  const tables = new Map<TableShape, CopiedTable>()
  await inParallel(await stretchesOf(copying, signal), streams, {
    signal,
    work: async (stretch, either) => {
      const rows = await copyPart(copying, stretch, either)
      pace.correct(stretch.estimatedRows, rows)
      tables.set(stretch.table, counted(stretch, rows, tables.get(stretch.table)))
    },
  })
  pace.tell('Copied every table')
  return tables
}

async function stretchesOf(copying: Copying, signal: AbortSignal): Promise<readonly Stretch[]> {
  const { source, parts: most } = copying
  const stretches: Stretch[] = []
  for (const table of source.tables) {
    const parts = (await source.parts?.(table, most, signal)) ?? [table]
    const estimatedRows = table.estimatedRows / parts.length
    for (const [index, part] of parts.entries()) {
      const sameness = index === 0 ? new Sameness(copying.answers.columnsOf(table)) : undefined
      stretches.push({ table, part, whole: parts.length === 1, estimatedRows, sameness })
    }
  }
  return stretches.toSorted((left, right) => right.estimatedRows - left.estimatedRows)
}

function counted({ table, sameness }: Stretch, rows: number, before?: CopiedTable): CopiedTable {
  const unchanged = sameness?.unchanged().map((name) => `${tableKey(table)}.${name}`) ?? []
  return {
    rows: rows + (before?.rows ?? 0),
    unchanged: [...(before?.unchanged ?? []), ...unchanged],
  }
}
