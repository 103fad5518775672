import type { Storage } from '../storage/storage.ts'

/** Rows as they are stored, each read once until something is written. */
export interface RememberedRows<Row> {
  /** What `read` finds. */
  of(key: string): Row | undefined
  /** A statement that may change any of them. All that is written must be written by these. */
  writing(sql: string): (...values: (string | number)[]) => void
}

const mostRows = 1024

/**
 * A request costs no query where the last one of its token cost one. Exact, for a store has one writer:
 * what is written forgets every row, and what is read in a transaction, which may be undone, is not kept.
 * Neither is what is not there: strangers cannot fill it.
 */
export function rememberRows<Row>(
  { sqlite }: Storage,
  read: (key: string) => Row | undefined,
): RememberedRows<Row> {
  const rows = new Map<string, Row>()
  return {
    of(key) {
      const known = rows.get(key)
      if (known !== undefined) return known
      const row = read(key)
      if (row === undefined || sqlite.isTransaction) return row
      if (rows.size >= mostRows) rows.clear()
      rows.set(key, row)
      return row
    },
    writing(sql) {
      const statement = sqlite.prepare(sql)
      return (...values) => {
        rows.clear()
        statement.run(...values)
      }
    },
  }
}
