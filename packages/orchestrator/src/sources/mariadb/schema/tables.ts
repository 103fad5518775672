import type { SchemaStatement } from '../../sources.ts'
import type { TableRow } from '../catalog.ts'
import { quoteIdentifier, quoteTable } from '../identifiers.ts'
import { columnClause } from './columns.ts'
import { keyClause, keysOf } from './keys.ts'
import { partitioning } from './partitions.ts'
import type { SchemaRequest } from './schema-script.ts'
import { statement } from './statements.ts'

/** With what a table cannot be without: its primary key, and the key of a column that counts. */
export function writeTables({
  catalog,
  inspected,
  exactSequences,
}: SchemaRequest): SchemaStatement[] {
  return inspected.shapes.map((table) => {
    const { name } = table
    const row = inspected.tables.get(name)
    const checks = inspected.checks.get(name) ?? []
    const clauses = [
      ...(inspected.columns.get(name) ?? []).map((column) => columnClause(column, checks)),
      ...keysOf(inspected, name).early.map(keyClause),
    ]
    const counting = exactSequences && row?.next ? ` AUTO_INCREMENT=${BigInt(row.next)}` : ''
    const parts = partitioning(inspected.partitions.get(name) ?? [])
    return statement(
      `table ${catalog.database}.${name}`,
      `CREATE TABLE ${quoteTable(table)} (${clauses.join(', ')}) ${optionsOf(row)}${counting}${parts}`,
    )
  })
}

const rowFormat = /\brow_format=(dynamic|compact|redundant)\b/i

function optionsOf(row: TableRow | undefined): string {
  const collation = row?.collation ? ` COLLATE=${quoteIdentifier(row.collation)}` : ''
  const [, format] = rowFormat.exec(row?.options ?? '') ?? []
  return `ENGINE=InnoDB${collation}${format ? ` ROW_FORMAT=${format}` : ''}`
}
