import type { SchemaStatement } from '../../sources.ts'
import { quoteIdentifier, quoteTable } from '../identifiers.ts'
import { columnClause } from './columns.ts'
import { keyClause, keysOf } from './keys.ts'
import { partitioning, readPartitions } from './partitions.ts'
import type { SchemaRequest } from './schema-script.ts'
import { statement } from './statements.ts'

interface TableRow {
  readonly name: string
  readonly collation: string | null
  readonly options: string
}

/** With what a table cannot be without: its primary key, and the key of a column that counts. */
export async function writeTables(request: SchemaRequest): Promise<SchemaStatement[]> {
  const { catalog, inspected } = request
  const rows = await catalog.rows<TableRow>(
    `SELECT TABLE_NAME AS name, TABLE_COLLATION AS collation, CREATE_OPTIONS AS options
       FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND ENGINE = 'InnoDB'`,
    [catalog.database],
  )
  const byName = new Map(rows.map((row) => [row.name, row]))
  const partitions = await readPartitions(catalog)
  return inspected.shapes.map((table) => {
    const { name } = table
    const checks = inspected.checks.get(name) ?? []
    const clauses = [
      ...(inspected.columns.get(name) ?? []).map((column) => columnClause(column, checks)),
      ...keysOf(inspected, name).early.map(keyClause),
    ]
    const options = [optionsOf(byName.get(name)), partitioning(partitions.get(name) ?? [])]
    return statement(
      `table ${catalog.database}.${name}`,
      `CREATE TABLE ${quoteTable(table)} (${clauses.join(', ')}) ${options.join('')}`,
    )
  })
}

const rowFormat = /\brow_format=(dynamic|compact|redundant)\b/i

function optionsOf(row: TableRow | undefined): string {
  const collation = row?.collation ? ` COLLATE=${quoteIdentifier(row.collation)}` : ''
  const [, format] = rowFormat.exec(row?.options ?? '') ?? []
  return `ENGINE=InnoDB${collation}${format ? ` ROW_FORMAT=${format}` : ''}`
}
