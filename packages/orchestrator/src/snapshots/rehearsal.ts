import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  compileMasker,
  isMasked,
  renderStrategy,
  type TableShape,
  tableKey,
} from '../masking/masking.ts'
import type { Source, TableCheck, Target } from '../sources/sources.ts'
import type { Answers } from './answers.ts'
import { inParallel } from './in-parallel.ts'

const rowsRehearsed = 200
const atOnce = 2

export interface Rehearsed {
  readonly source: Source
  readonly target: Target
  readonly answers: Answers
}

/**
 * Masks some rows of every masked table and holds them against its types, domains and checks, before
 * any table is copied. What would break, in words; empty where the kind of store cannot tell.
 */
export async function rehearse(rehearsed: Rehearsed, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = []
  await inParallel(rehearsed.source.tables, atOnce, {
    signal,
    work: async (table, either) => {
      problems.push(...(await rehearseTable(rehearsed, table, either)))
    },
  })
  return [...new Set(problems)].sort()
}

async function rehearseTable(
  { source, target, answers }: Rehearsed,
  table: TableShape,
  signal: AbortSignal,
): Promise<string[]> {
  const columns = answers.columnsOf(table)
  const masked = columns.filter(({ strategy }) => isMasked(strategy))
  if (masked.length === 0 || !source.peek || !target.rehearse) return []
  const names = columns.map(({ shape }) => shape.name)
  const some = await source.peek({ table, columns: names, limit: rowsRehearsed }, signal)
  const masker = compileMasker(answers.maskingOf(table))
  const rows = Buffer.concat([masker.push(some), masker.end()])

  const touched = new Set(masked.map(({ shape }) => shape.name))
  const checks = checksOf(source, table).filter((check) =>
    check.columns.some((column) => touched.has(column)),
  )
  try {
    const broken = await target.rehearse({ table, columns: names, rows, checks }, signal)
    return checks
      .filter(({ name }) => broken.includes(name))
      .map((check) => breaking(table, check, answers))
  } catch (cause) {
    if (!(cause instanceof SandboxError) || !isComplaint(cause)) throw cause
    return [
      `${tableKey(table)} does not take its masked rows. ${cause.message} ${cause.hint ?? ''}`,
    ]
  }
}

/** Of the rows: a server that went away would take them another time. */
const isComplaint = ({ code, retryable }: SandboxError) => code === 'snapshot_failed' && !retryable

const checksOf = (source: Source, table: TableShape): readonly TableCheck[] =>
  (source.schema.checks ?? []).filter((check) => tableKey(check.table) === tableKey(table))

function breaking(table: TableShape, { name, columns }: TableCheck, answers: Answers): string {
  const given = answers
    .columnsOf(table)
    .filter(({ shape, strategy }) => columns.includes(shape.name) && isMasked(strategy))
    .map(({ shape, strategy }) => `${shape.name} as ${renderStrategy(strategy)}`)
  return `${tableKey(table)} breaks its check ${name} with ${given.join(', ')}. Answer keep, or what keeps the value’s form.`
}
