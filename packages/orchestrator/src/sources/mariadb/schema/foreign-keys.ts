import type { Finding } from '@stuntdouble/sdk/wire'
import type { SchemaStatement } from '../../sources.ts'
import type { ForeignKeyRow } from '../catalog.ts'
import { quoteColumns, quoteIdentifier, quoteTable } from '../identifiers.ts'
import { leftOut } from './left-out.ts'
import type { SchemaRequest } from './schema-script.ts'
import { statement } from './statements.ts'

const rules = new Set(['RESTRICT', 'CASCADE', 'SET NULL', 'NO ACTION', 'SET DEFAULT'])

/** Added last, with every row held against them: what does not hold stops the build. */
export function writeForeignKeys(request: SchemaRequest): SchemaStatement[] {
  const { database } = request.catalog
  return request.inspected.shapes.flatMap((table) => {
    const own = rowsOf(request, table.name).filter((row) => row.targetDatabase === database)
    const clauses = [...Map.groupBy(own, ({ key }) => key).values()].map(clauseOf)
    if (clauses.length === 0) return []
    const sql = `ALTER TABLE ${quoteTable(table)} ${clauses.join(', ')}`
    return [statement(`foreign keys of ${database}.${table.name}`, sql)]
  })
}

const rowsOf = ({ inspected }: SchemaRequest, table: string) =>
  inspected.foreignKeys.get(table) ?? []

function clauseOf(parts: readonly ForeignKeyRow[]): string {
  const [first] = parts
  if (first === undefined) return ''
  const target = quoteTable({ schema: first.targetDatabase, name: first.target })
  const [onDelete, onUpdate] = [first.onDelete, first.onUpdate].map((rule) =>
    rules.has(rule) ? rule : 'RESTRICT',
  )
  return `ADD CONSTRAINT ${quoteIdentifier(first.key)} FOREIGN KEY (${quoteColumns(parts.map(({ column }) => column))})
    REFERENCES ${target} (${quoteColumns(parts.map(({ targetColumn }) => targetColumn))})
    ON DELETE ${onDelete} ON UPDATE ${onUpdate}`
}

export function findForeignTargets(request: SchemaRequest): Finding[] {
  const { database } = request.catalog
  const foreign = [...request.inspected.foreignKeys.values()]
    .flat()
    .filter(({ targetDatabase }) => targetDatabase !== database)
  const names = new Set(foreign.map(({ table, key }) => `${database}.${table}.${key}`))
  return [...names].map((name) =>
    leftOut(`foreign key ${name}`, 'it points into another database, which is not copied'),
  )
}
