import type { ColumnShape, TableShape } from '../../masking/masking.ts'
import { longestSampled } from '../sample-tables.ts'
import { quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

/** From both ends of a large table: the newest rows are often of another kind than the oldest. */
export async function sampleRows(
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
  return rows.map((row) => table.columns.map((_, at) => row[`c${at}`] ?? null))
}

const lengthy = new Set<ColumnShape['category']>(['string', 'json'])

function fieldOf({ name, category, baseType }: ColumnShape): string {
  const column = quoteIdentifier(name)
  if (category === 'binary' || baseType === 'geometry') {
    return `CONCAT('\\\\x', HEX(LEFT(${column}, ${longestSampled})))`
  }
  return lengthy.has(category) ? `LEFT(${column}, ${longestSampled})` : column
}
