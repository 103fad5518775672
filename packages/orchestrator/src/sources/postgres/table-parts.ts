import type { TableRef } from '../../masking/masking.ts'
import type { TablePart } from '../sources.ts'
import { quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

/** 64 MB: a smaller part would cost more in the target, where parts are logged, than it gains. */
const fewestPages = 8192
/** Older servers read a table from its first page for every range of ctids. */
const firstVersion = 14

export interface Cut {
  readonly version: number
  readonly most: number
}

/**
 * Cuts a table by its pages. The last part is open: a row of the snapshot is in it wherever the table
 * ended when it was measured. A table of another kind than heap may have no pages; it stays whole.
 */
export async function tableParts(
  session: Session,
  table: TableRef,
  { version, most }: Cut,
): Promise<readonly TablePart[]> {
  if (version < firstVersion || most < 2) return [table]
  const [row] = await session.rows<{ pages: number }>(
    `SELECT (pg_relation_size(c.oid) / current_setting('block_size')::int)::float8 AS pages
       FROM pg_class c JOIN pg_am a ON a.oid = c.relam
      WHERE c.oid = $1::regclass AND a.amname = 'heap'`,
    [quoteTable(table)],
  )
  return cutPages(table, row?.pages ?? 0, most)
}

export function cutPages(table: TableRef, pages: number, most: number): readonly TablePart[] {
  const count = Math.min(most, Math.floor(pages / fewestPages))
  if (count < 2) return [table]
  const { schema, name } = table
  return Array.from({ length: count }, (_, index) => ({
    schema,
    name,
    pages: {
      from: Math.floor((pages * index) / count),
      to: index + 1 === count ? null : Math.floor((pages * (index + 1)) / count),
    },
  }))
}
