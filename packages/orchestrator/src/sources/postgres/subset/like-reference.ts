import {
  answeringTable,
  type ColumnRef,
  type ColumnShape,
  columnKey,
  type TableRef,
  type TableShape,
  tableKey,
} from '../../../masking/masking.ts'
import type { Likeness } from '../../subset/subset.ts'
import type { PostgresReference } from './relations.ts'

/** What the operator says refers, as a key; nothing where a column is gone, which its policy complains of. */
export function likeReference(
  { from, to }: Likeness,
  tables: readonly TableShape[],
  leavesOf: (table: TableRef) => readonly string[],
): PostgresReference[] {
  const [referring, referred] = [shapeOf(from, tables), shapeOf(to, tables)]
  if (referring === undefined || referred === undefined) return []
  return [
    {
      ...{ from: leavesOf(from.table), to: leavesOf(to.table) },
      ...{ fromName: columnKey(from), toName: columnKey(to), single: false },
      pairs: [
        {
          ...{ from: from.column, to: to.column, operator: 'pg_catalog.=', collation: null },
          asText: !comparable(referring, referred),
        },
      ],
    },
  ]
}

function shapeOf({ table, column }: ColumnRef, tables: readonly TableShape[]) {
  const name = tableKey(table)
  return tables
    .find((each) => tableKey(each) === name || tableKey(answeringTable(each)) === name)
    ?.columns.find((each) => each.name === column)
}

const plain = new Set<ColumnShape['category']>(['string', 'number', 'uuid', 'datetime', 'boolean'])

/** An index of one can be used to find the other. Whatever else they are, their texts can be compared. */
const comparable = (left: ColumnShape, right: ColumnShape) =>
  left.category === right.category && plain.has(left.category)
