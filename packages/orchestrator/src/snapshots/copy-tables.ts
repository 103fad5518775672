import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { type TableShape, tableKey } from '../masking/masking.ts'
import type { Source, TableWriter, Target } from '../sources/sources.ts'
import type { Answers } from './answers.ts'
import { inParallel } from './in-parallel.ts'
import type { LeakCheck } from './leak-check/leak-check.ts'
import { maskStream } from './mask-stream.ts'
import type { Pace } from './pace.ts'
import { Sameness } from './sameness.ts'

const atOnce = 2

export interface Copying {
  readonly source: Source
  readonly target: Target
  readonly answers: Answers
  readonly leaks: LeakCheck
  readonly pace: Pace
}

export interface CopiedTable {
  /** That went through the masker. */
  readonly rows: number
  /** Columns that are masked and still came out as they went in, as `schema.table.column`. */
  readonly unchanged: readonly string[]
}

/** Streams every table through the masker, the largest first. */
export async function copyTables(
  copying: Copying,
  signal: AbortSignal,
): Promise<ReadonlyMap<TableShape, CopiedTable>> {
  const tables = new Map<TableShape, CopiedTable>()
  const largestFirst = copying.source.tables.toSorted(
    (left, right) => right.estimatedRows - left.estimatedRows,
  )
  await inParallel(largestFirst, atOnce, {
    signal,
    work: async (table, either) => {
      const copied = await copyTable(copying, table, either)
      copying.pace.correct(table.estimatedRows, copied.rows)
      tables.set(table, copied)
    },
  })
  copying.pace.tell('Copied every table')
  return tables
}

async function copyTable(
  copying: Copying,
  table: TableShape,
  signal: AbortSignal,
): Promise<CopiedTable> {
  const { source, target, answers, leaks, pace } = copying
  const columns = answers.columnsOf(table)
  const names = columns.map(({ shape }) => shape.name)
  const masker = answers.maskerFor(table, leaks.collect(table, columns))
  const label = tableKey(table)
  const sameness = new Sameness(columns)
  const masking = maskStream({
    masker,
    onBefore: (chunk) => sameness.before(chunk),
    onAfter: (chunk) => sameness.after(chunk),
    onRows: (rows) => pace.advance(rows, label),
  })

  const rows = await source.read(table, names, signal)
  const writer = await target.write(answers.destinationOf(table), names, signal).catch((cause) => {
    rows.destroy()
    throw cause
  })
  await settled(
    pipeline(rows, masking, writer.stream, { signal }),
    writer,
    () => rows.errored !== null,
  )
  const unchanged = sameness.unchanged().map((name) => `${label}.${name}`)
  return { rows: masker.rows, unchanged }
}

/**
 * When a copy breaks both ends complain. The source's word counts where the source broke, else the
 * target's, which says what it did not like; the pipe's own says only that it was cut.
 */
async function settled(
  piped: Promise<void>,
  { done }: TableWriter,
  sourceBroke: () => boolean,
): Promise<void> {
  const complaint = done.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  try {
    await piped
    await done
  } catch (cause) {
    const said = sourceBroke() ? undefined : await Promise.race([complaint, wait(1000, undefined)])
    throw said ?? cause
  }
}
