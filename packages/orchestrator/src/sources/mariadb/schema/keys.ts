import type { SchemaStatement } from '../../sources.ts'
import type { KeyRow } from '../catalog.ts'
import { quoteIdentifier, quoteTable } from '../identifiers.ts'
import type { Inspected } from '../inspect.ts'
import { isCounting, isOf } from './columns.ts'
import type { SchemaRequest } from './schema-script.ts'
import { statement } from './statements.ts'

type Key = readonly KeyRow[]

/** Those a table is made with, and those that are quicker made of rows that are there. */
export function keysOf(inspected: Inspected, table: string) {
  const keys = [...Map.groupBy(inspected.keys.get(table) ?? [], ({ key }) => key).values()]
  const counting = inspected.columns.get(table)?.find(isCounting)?.name
  const isEarly = (key: Key) =>
    key[0]?.key === 'PRIMARY' || key.some(({ column }) => column === counting)
  return { early: keys.filter(isEarly), late: keys.filter((key) => !isEarly(key)) }
}

export function keyClause(key: Key): string {
  const [first] = key
  const columns = key.map(columnOf).join(', ')
  if (first?.key === 'PRIMARY') return `PRIMARY KEY (${columns})`
  return `${kindOf(key)} ${quoteIdentifier(first?.key ?? '')} (${columns})`
}

function kindOf([first]: Key): string {
  if (first?.method === 'FULLTEXT') return 'FULLTEXT KEY'
  if (first?.method === 'SPATIAL') return 'SPATIAL KEY'
  return first?.unique === '1' ? 'UNIQUE KEY' : 'KEY'
}

function columnOf({ column, part, method, direction }: KeyRow): string {
  const length = part !== null && method !== 'SPATIAL' ? `(${Number(part)})` : ''
  return `${quoteIdentifier(column)}${length}${direction === 'D' ? ' DESC' : ''}`
}

/** In one statement a table, which reads its rows once; the checks are held against every row. */
export function writeKeys({ catalog, inspected }: SchemaRequest): SchemaStatement[] {
  return inspected.shapes.flatMap((table) => {
    const columns = inspected.columns.get(table.name) ?? []
    const checks = (inspected.checks.get(table.name) ?? []).filter(
      (check) => !columns.some((column) => isOf(check, column)),
    )
    const clauses = [
      ...keysOf(inspected, table.name).late.map((key) => `ADD ${keyClause(key)}`),
      ...checks.map(
        ({ name, clause }) => `ADD CONSTRAINT ${quoteIdentifier(name)} CHECK (${clause})`,
      ),
    ]
    const sql = `ALTER TABLE ${quoteTable(table)} ${clauses.join(', ')}`
    return clauses.length === 0 ? [] : [statement(`keys of ${catalog.database}.${table.name}`, sql)]
  })
}
