import type { TableRef } from '../../masking/masking.ts'
import { quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

/** Of the table alone, without those that inherit from it. */
export async function countRows(session: Session, table: TableRef): Promise<number> {
  const [row] = await session.rows<{ rows: string }>(
    `SELECT count(*) AS rows FROM ONLY ${quoteTable(table)}`,
  )
  return Number(row?.rows)
}
