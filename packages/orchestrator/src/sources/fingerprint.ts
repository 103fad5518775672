import { createHash } from 'node:crypto'
import type { TableShape } from '../masking/masking.ts'

/** Changes whenever a table, column, type or key appears, goes or changes. Row counts do not count. */
export function fingerprint(tables: readonly TableShape[]): string {
  const canonical = tables
    .map(({ schema, name, columns, uniques, foreignKeys }) => [
      schema,
      name,
      columns.map((column) => [column.name, column.type, column.notNull, column.generated]),
      uniques.map((unique) => [...unique]).sort(),
      foreignKeys
        .map((key) => [key.columns, key.target.schema, key.target.name, key.targetColumns])
        .sort(),
    ])
    .sort()
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex')
}
