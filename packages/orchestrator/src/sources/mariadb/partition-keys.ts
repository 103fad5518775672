import type { Partitioned, TableRef } from '../../masking/masking.ts'
import { type Catalog, type KeyRow, ofEach } from './catalog.ts'
import { quoteColumns, quoteIdentifier, quoteTable } from './identifiers.ts'
import { namesIn, withoutLiterals } from './names-in.ts'

export interface PartitionRow {
  readonly table: string
  readonly name: string
  readonly method: string
  readonly expression: string | null
  readonly bound: string | null
  readonly sub: string | null
  readonly subMethod: string | null
  readonly subExpression: string | null
}

/** By table; a partition of a list that takes what no other does has no bound. */
export async function readPartitions(
  { database, rows }: Catalog,
  tables: readonly string[],
): Promise<ReadonlyMap<string, readonly PartitionRow[]>> {
  const all = await ofEach(tables, (table) =>
    rows<PartitionRow>(
      `SELECT TABLE_NAME AS \`table\`, PARTITION_NAME AS name, PARTITION_METHOD AS method,
              PARTITION_EXPRESSION AS expression, PARTITION_DESCRIPTION AS bound,
              SUBPARTITION_NAME AS sub, SUBPARTITION_METHOD AS subMethod, SUBPARTITION_EXPRESSION AS subExpression
         FROM information_schema.PARTITIONS
        WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND PARTITION_NAME IS NOT NULL
        ORDER BY PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION`,
      [database, table],
    ),
  )
  const byTable = new Map<string, readonly PartitionRow[]>()
  for (const [name, own] of Map.groupBy(all, ({ table }) => table)) {
    const shown = own.some(isList)
      ? await rows<Record<string, string>>(
          `SHOW CREATE TABLE ${quoteTable({ schema: database, name })}`,
        )
      : []
    byTable.set(name, withDefaults(own, Object.values(shown[0] ?? {})[1] ?? ''))
  }
  return byTable
}

const isList = ({ method }: PartitionRow) => method.startsWith('LIST')

/** The catalog says 0 or MAXVALUE of a default, as it does of other bounds; only the definition tells. */
function withDefaults(rows: readonly PartitionRow[], definition: string): PartitionRow[] {
  const bare = withoutLiterals(definition)
  return rows.map((row) =>
    isList(row) && bare.includes(`PARTITION ${quoteIdentifier(row.name)} DEFAULT`)
      ? { ...row, bound: null }
      : row,
  )
}

/** What decides where a table’s rows lie. They are written to and read from the table itself. */
export function partitionedBy(
  table: TableRef,
  rows: readonly PartitionRow[],
  { columns, keys }: { readonly columns: readonly string[]; readonly keys: readonly KeyRow[] },
): Partitioned | undefined {
  const [first] = rows
  if (first === undefined) return undefined
  // KEY () means the primary key.
  const primary = keys.filter(({ key }) => key === 'PRIMARY').map(({ column }) => column)
  const decides = `${first.expression || quoteColumns(primary)} ${first.subExpression ?? ''}`
  return { ...table, key: namesIn(decides, columns), total: rows.some(takesTheRest) }
}

/** By hash every row finds its place; otherwise one partition must be there for all the others. */
function takesTheRest({ method, bound }: PartitionRow): boolean {
  if (/HASH|KEY/.test(method)) return true
  return method.startsWith('LIST') ? bound === null : /^MAXVALUE\b/.test(bound ?? '')
}
