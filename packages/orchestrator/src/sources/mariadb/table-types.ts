import type { TableRef } from '../../masking/masking.ts'
import type { Session } from './session.ts'

export interface ColumnType {
  /** As information_schema names it. */
  readonly type: string
  /** Whether it is AUTO_INCREMENT. */
  readonly counts: boolean
}

/** The data types of some columns of a table, in their order. */
export async function readTypes(
  session: Session,
  { schema, name }: TableRef,
  columns: readonly string[],
): Promise<readonly ColumnType[]> {
  const rows = await session.rows<{ name: string; type: string; extra: string }>(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, EXTRA AS extra FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    [schema, name],
  )
  const types = new Map(
    rows.map((row) => [row.name, { type: row.type, counts: /auto_increment/i.test(row.extra) }]),
  )
  return columns.map((column) => types.get(column) ?? { type: '', counts: false })
}
