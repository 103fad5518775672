import type { ColumnShape, ForeignKeyShape, TableRef, TableShape } from '../shapes.ts'
import { tableKey } from './names.ts'

/** The table whose answers a table's rows are masked by: a partition has those of what it is a part of. */
export const answeringTable = (table: TableShape): TableRef => table.partitionOf ?? table

/**
 * Tables as a policy answers for them: all partitions of a table as that one table, in the place of the
 * first, with every promise that any of them makes.
 */
export function answeringTables(shapes: readonly TableShape[]): readonly TableShape[] {
  const known = collapsed.get(shapes) ?? collapse(shapes)
  collapsed.set(shapes, known)
  return known
}

const collapsed = new WeakMap<readonly TableShape[], readonly TableShape[]>()

function collapse(shapes: readonly TableShape[]): readonly TableShape[] {
  const answering = new Map(shapes.map((table) => [tableKey(table), answeringTable(table)]))
  const parts = Map.groupBy(shapes, (table) => tableKey(answeringTable(table)))
  const tables = [...parts.values()].map(([first, ...others]) => {
    const table = first as TableShape
    return table.partitionOf ? whole(table.partitionOf, [table, ...others]) : table
  })
  return tables.map((table) => ({
    ...table,
    foreignKeys: distinct(table.foreignKeys.map((key) => toWhole(key, answering))),
  }))
}

/** The server keeps a foreign key to a partitioned table once more for each of its partitions. */
function toWhole(key: ForeignKeyShape, answering: ReadonlyMap<string, TableRef>): ForeignKeyShape {
  const { schema, name } = answering.get(tableKey(key.target)) ?? key.target
  return { ...key, target: { schema, name } }
}

function whole({ schema, name }: TableRef, parts: readonly TableShape[]): TableShape {
  const [first] = parts as readonly [TableShape, ...TableShape[]]
  return {
    ...first,
    ...{ schema, name },
    columns: first.columns.map((column) => strictest(column, parts)),
    uniques: distinct(parts.flatMap(({ uniques }) => uniques)),
    foreignKeys: distinct<ForeignKeyShape>(parts.flatMap(({ foreignKeys }) => foreignKeys)),
    rules: distinct(parts.flatMap(({ rules = [] }) => rules)),
    estimatedRows: parts.reduce((total, { estimatedRows }) => total + estimatedRows, 0),
  }
}

/** One partition may forbid NULL where the others do not. */
function strictest(column: ColumnShape, parts: readonly TableShape[]): ColumnShape {
  const notNull = parts.some(({ columns }) =>
    columns.some((each) => each.name === column.name && each.notNull),
  )
  return { ...column, notNull }
}

const distinct = <Item>(items: readonly Item[]): readonly Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
]
