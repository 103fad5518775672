import { type ColumnShape, type Samples, type TableShape, tableKey } from '../../masking/masking.ts'
import { quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

/** The first bytes tell what a long value is; the rest is not worth carrying. */
const longest = 500

export async function sampleTables(
  session: Session,
  tables: readonly TableShape[],
  limit: number,
): Promise<Samples> {
  const samples = new Map<string, (string | null)[][]>()
  for (const table of tables) samples.set(tableKey(table), await sampleTable(session, table, limit))
  return samples
}

/** From both ends of a large table: the newest rows are often of another kind than the oldest. */
async function sampleTable(
  session: Session,
  table: TableShape,
  limit: number,
): Promise<(string | null)[][]> {
  const fields = table.columns.map((column, at) => `${fieldOf(column)} AS c${at}`).join(', ')
  const select = `SELECT ${fields} FROM ${quoteTable(table)}`
  const [key] = table.uniques
  const ends = key !== undefined && table.estimatedRows > limit * 2
  const rows = await session.rows(`${select} LIMIT ${ends ? Math.ceil(limit / 2) : limit}`)
  if (ends) {
    const order = `ORDER BY ${key.map((name) => `${quoteIdentifier(name)} DESC`).join(', ')}`
    rows.push(...(await session.rows(`${select} ${order} LIMIT ${Math.floor(limit / 2)}`)))
  }
  return table.columns.map((_, at) => rows.map((row) => row[`c${at}`] ?? null))
}

const lengthy = new Set<ColumnShape['category']>(['string', 'json'])

function fieldOf({ name, category, baseType }: ColumnShape): string {
  const column = quoteIdentifier(name)
  if (category === 'binary' || baseType === 'geometry') {
    return `CONCAT('\\\\x', HEX(LEFT(${column}, ${longest})))`
  }
  return lengthy.has(category) ? `LEFT(${column}, ${longest})` : column
}
