import type { TableShape } from '../../masking/masking.ts'
import type { Target } from '../../sources/sources.ts'
import type { AnsweredColumn, LeakCheck } from './leaks.ts'
import { holdsText } from './leaves.ts'

/** Reads a table back and looks for masked values in every column that could hold one. */
export async function searchTable(
  target: Target,
  searched: {
    readonly table: TableShape
    readonly columns: readonly AnsweredColumn[]
    readonly leaks: LeakCheck
  },
  signal: AbortSignal,
): Promise<void> {
  const { table, columns, leaks } = searched
  const texts = columns.filter(({ shape }) => holdsText(shape))
  if (texts.length === 0) return
  const names = texts.map(({ shape }) => shape.name)
  const tap = leaks.searchColumns(table, texts)
  for await (const chunk of await target.read(table, names, signal)) tap.push(chunk)
  tap.end()
}
