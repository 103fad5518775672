import type { TableShape } from '../../masking/masking.ts'
import type { Target } from '../../sources/sources.ts'
import { inOrder } from '../in-order.ts'
import { rowBlocks } from '../row-blocks.ts'
import type { Threads } from '../threads/threads.ts'
import type { AnsweredColumn } from './collector.ts'
import type { LeakCheck } from './leaks.ts'
import { holdsText } from './leaves.ts'

export interface SearchedTable {
  readonly table: TableShape
  readonly columns: readonly AnsweredColumn[]
}

export interface Searching {
  readonly target: Target
  readonly leaks: LeakCheck
  readonly threads: Threads
}

/** Reads a table back and looks for masked values in every column that could hold one. */
export async function searchTable(
  { target, leaks, threads }: Searching,
  { table, columns }: SearchedTable,
  signal: AbortSignal,
): Promise<void> {
  const texts = columns.filter(({ shape }) => holdsText(shape))
  if (texts.length === 0) return
  const names = texts.map(({ shape }) => shape.name)
  const values = leaks.shared
  const rows = rowBlocks(await target.read(table, names, signal), threads.memory)
  const found = inOrder(rows, (bytes) =>
    threads.ask({ do: 'search rows', bytes, values, columns: texts }),
  )
  for await (const seen of found) leaks.sawInRows(table, texts, seen)
}
