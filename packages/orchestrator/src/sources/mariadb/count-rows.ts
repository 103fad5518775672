import type { TableRef } from '../../masking/masking.ts'
import { quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

export async function countRows(session: Session, table: TableRef): Promise<number> {
  const [row] = await session.rows<{ rows: string }>(
    `SELECT COUNT(*) AS \`rows\` FROM ${quoteTable(table)}`,
  )
  return Number(row?.rows)
}
