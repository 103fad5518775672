import type { ColumnShape, ForeignKeyShape, TableShape } from '../../masking/masking.ts'
import {
  type Catalog,
  type CheckRow,
  type ColumnRow,
  type ForeignKeyRow,
  type KeyRow,
  readChecks,
  readColumns,
  readForeignKeys,
  readKeys,
} from './catalog.ts'
import { sourceRefused } from './errors.ts'
import type { Relations } from './relations.ts'
import { json, knownType } from './types.ts'

/** Everything information_schema says of the tables that are copied, by table. */
export interface Inspected {
  readonly columns: ReadonlyMap<string, readonly ColumnRow[]>
  readonly keys: ReadonlyMap<string, readonly KeyRow[]>
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKeyRow[]>
  readonly checks: ReadonlyMap<string, readonly CheckRow[]>
  readonly shapes: readonly TableShape[]
}

export async function inspect(
  source: string,
  catalog: Catalog,
  { tables }: Relations,
): Promise<Inspected> {
  const facts = {
    columns: byTable(await readColumns(catalog)),
    keys: byTable(await readKeys(catalog)),
    foreignKeys: byTable(await readForeignKeys(catalog)),
    checks: byTable(await readChecks(catalog)),
  }
  const estimates = await readEstimates(catalog)
  const shapes = tables.map((name) => ({
    ...{ schema: catalog.database, name },
    ...shapeOf(catalog.database, name, facts),
    estimatedRows: estimates.get(name) ?? 0,
  }))
  refuseUnknown(source, tables, facts)
  return { ...facts, shapes }
}

const byTable = <Row extends { readonly table: string }>(rows: readonly Row[]) =>
  Map.groupBy(rows, ({ table }) => table)

async function readEstimates({ database, rows }: Catalog): Promise<Map<string, number>> {
  const estimates = await rows<{ name: string; estimate: string | null }>(
    `SELECT TABLE_NAME AS name, TABLE_ROWS AS estimate FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = ? AND ENGINE = 'InnoDB'`,
    [database],
  )
  return new Map(estimates.map(({ name, estimate }) => [name, Number(estimate ?? 0)]))
}

type Facts = Omit<Inspected, 'shapes'>

function refuseUnknown(source: string, tables: readonly string[], { columns }: Facts): void {
  const unknown = tables
    .flatMap((table) => columns.get(table) ?? [])
    .filter(({ dataType }) => knownType(dataType) === undefined)
  if (unknown.length === 0) return
  const names = unknown
    .slice(0, 10)
    .map(({ table, name, dataType }) => `${table}.${name} (${dataType})`)
  throw sourceRefused(
    source,
    `columns have a type that cannot be copied: ${names.join(', ')}.`,
    'Leave their tables in another database.',
  )
}

function shapeOf(database: string, table: string, facts: Facts) {
  const columns = facts.columns.get(table) ?? []
  const checks = facts.checks.get(table) ?? []
  const keyed = new Set(facts.keys.get(table)?.map(({ column }) => column))
  return {
    columns: columns.map((column) => columnShape(column, checks, keyed.has(column.name))),
    uniques: uniquesOf(facts.keys.get(table) ?? []),
    foreignKeys: foreignKeysOf(database, facts.foreignKeys.get(table) ?? []),
  }
}

function columnShape(column: ColumnRow, checks: readonly CheckRow[], keyed: boolean): ColumnShape {
  const { name, type, dataType, nullable, maxLength, generation } = column
  const { baseType, category } = isJson(column, checks)
    ? json
    : (knownType(dataType) ?? { baseType: dataType, category: 'other' as const })
  return {
    name,
    type,
    // A key’s values are told apart by the collation: those it holds for equal must stay equal.
    baseType: keyed && category === 'string' && ignoresCase(column) ? 'citext' : baseType,
    category,
    notNull: nullable === 'NO',
    maxLength: category === 'string' && maxLength !== null ? Number(maxLength) : null,
    generated: generation !== null,
  }
}

const ignoresCase = ({ collation }: ColumnRow) => /_ci$/.test(collation ?? '')

function isJson({ name, dataType }: ColumnRow, checks: readonly CheckRow[]): boolean {
  const clause = `json_valid(\`${name}\`)`
  return (
    dataType === 'longtext' &&
    checks.some((check) => check.clause.toLowerCase() === clause.toLowerCase())
  )
}

function uniquesOf(keys: readonly KeyRow[]): string[][] {
  const unique = keys.filter((key) => key.unique === '1')
  return [...Map.groupBy(unique, ({ key }) => key).values()].map((parts) =>
    parts.map(({ column }) => column),
  )
}

function foreignKeysOf(database: string, rows: readonly ForeignKeyRow[]): ForeignKeyShape[] {
  const own = rows.filter(({ targetDatabase }) => targetDatabase === database)
  return [...Map.groupBy(own, ({ key }) => key).values()].map((parts) => ({
    columns: parts.map(({ column }) => column),
    target: { schema: database, name: parts[0]?.target ?? '' },
    targetColumns: parts.map(({ targetColumn }) => targetColumn),
  }))
}
