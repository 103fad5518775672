import type { PlannedTable } from '@stuntdouble/sdk/wire'
import { answeringTable, tableKey } from '../../masking/masking.ts'
import type { Source, TablePart } from '../sources.ts'
import type { Reach } from './reach.ts'
import type { Taken } from './taken.ts'

export interface Chosen {
  readonly reach: Reach
  readonly taken: Pick<Taken, 'rows' | 'cut'>
}

/** A stretch on its own is not worth less. */
const fewestRows = 100_000
const none = new Float64Array(0)

/** The chosen rows of a source as a source of their own, on the same snapshot: it counts and reads no others. */
export function subsetSource(source: Source, { reach, taken }: Chosen): Source {
  const chosen = taken.rows
  const rowsOf = (key: string) => (reach.whole.has(key) ? undefined : (chosen.get(key) ?? none))
  return {
    ...source,
    tables: source.tables.map((table) => {
      const rows = rowsOf(tableKey(table))
      return rows === undefined ? table : { ...table, estimatedRows: rows.length }
    }),
    count: async (table, signal) => rowsOf(tableKey(table))?.length ?? source.count(table, signal),
    read: (part, columns, signal) => {
      const rows = part.rows ?? rowsOf(tableKey(part))
      return source.read(rows === undefined ? part : { ...part, rows }, columns, signal)
    },
    parts: async (table, most, signal) => {
      const rows = rowsOf(tableKey(table))
      if (rows === undefined) return (await source.parts?.(table, most, signal)) ?? [table]
      const { schema, name } = table
      return cutRows(rows, most).map((some): TablePart => ({ schema, name, rows: some }))
    },
  }
}

function cutRows(rows: Float64Array, most: number): readonly Float64Array[] {
  const count = Math.max(1, Math.min(most, Math.floor(rows.length / fewestRows)))
  const at = (part: number) => Math.floor((rows.length * part) / count)
  return Array.from({ length: count }, (_, part) => rows.subarray(at(part), at(part + 1)))
}

/** Every table of a source, partitions as the one they belong to: why its rows are in, and how many. */
export function plannedTables(source: Source, { reach, taken }: Chosen): PlannedTable[] {
  const groups = Map.groupBy(source.tables, (table) => tableKey(answeringTable(table)))
  return [...groups].map(([table, parts]) => {
    const planned = parts.map((part) => {
      const key = tableKey(part)
      const of = Math.round(part.estimatedRows)
      const rows = reach.whole.has(key) ? of : (taken.rows.get(key)?.length ?? 0)
      return { rows, of: Math.max(of, rows), cut: taken.cut.get(key) ?? 0 }
    })
    const sum = (which: 'rows' | 'of' | 'cut') =>
      planned.reduce((total, each) => total + each[which], 0)
    const why = reasons(parts.map((part) => reach.why.get(tableKey(part)) ?? []))
    return { table, why, rows: sum('rows'), of: sum('of'), cut: sum('cut') }
  })
}

/** A foreign key may be declared on some partitions alone; then it leads to no others. */
function reasons(parts: readonly (readonly string[])[]): string[] {
  return [...Map.groupBy(parts.flat(), (reason) => reason)].map(([reason, { length }]) =>
    length === parts.length ? reason : `${reason} (in ${length} of ${parts.length} partitions)`,
  )
}
