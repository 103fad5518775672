import type {
  Collation,
  ColumnShape,
  ForeignKeyShape,
  TableRef,
  TableShape,
} from '../../masking/masking.ts'
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
  readTables,
  type TableRow,
} from './catalog.ts'
import { readCollations } from './collations.ts'
import { promisesOf } from './distinct-rules.ts'
import { sourceRefused } from './errors.ts'
import { type PartitionRow, partitionedBy, readPartitions } from './partition-keys.ts'
import type { Relations } from './relations.ts'
import { json, knownType } from './types.ts'

/** Everything information_schema says of the tables that are copied, by table. */
export interface Inspected {
  readonly columns: ReadonlyMap<string, readonly ColumnRow[]>
  readonly keys: ReadonlyMap<string, readonly KeyRow[]>
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKeyRow[]>
  readonly checks: ReadonlyMap<string, readonly CheckRow[]>
  readonly tables: ReadonlyMap<string, TableRow>
  readonly partitions: ReadonlyMap<string, readonly PartitionRow[]>
  readonly shapes: readonly TableShape[]
}

export async function inspect(
  source: string,
  catalog: Catalog,
  { tables }: Relations,
): Promise<Inspected> {
  const facts = {
    columns: byTable(await readColumns(catalog)),
    keys: byTable(await readKeys(catalog, tables)),
    foreignKeys: byTable(await readForeignKeys(catalog, tables)),
    checks: byTable(await readChecks(catalog)),
    tables: new Map((await readTables(catalog, tables)).map((row) => [row.table, row])),
    partitions: await readPartitions(catalog, tables),
  }
  refuseUnknown(source, tables, facts)
  const own = tables.flatMap((table) => facts.columns.get(table) ?? [])
  const collations = await readCollations(catalog, own)
  const shapes = tables.map((name) => ({
    ...shapeOf({ schema: catalog.database, name }, facts, collations),
    estimatedRows: Number(facts.tables.get(name)?.estimate ?? 0),
  }))
  return { ...facts, shapes }
}

const byTable = <Row extends { readonly table: string }>(rows: readonly Row[]) =>
  Map.groupBy(rows, ({ table }) => table)

type Facts = Omit<Inspected, 'shapes'>
type Collations = ReadonlyMap<string, Collation>

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

function shapeOf(
  { schema, name }: TableRef,
  facts: Facts,
  collations: Collations,
): Omit<TableShape, 'estimatedRows'> {
  const columns = facts.columns.get(name) ?? []
  const keys = facts.keys.get(name) ?? []
  const { uniques, rules, compared } = promisesOf(keys, columns)
  const names = columns.map((column) => column.name)
  const parts = facts.partitions.get(name) ?? []
  const partitionOf = partitionedBy({ schema, name }, parts, { columns: names, keys })
  const shaped = {
    ...{ collations, compared, checks: facts.checks.get(name) ?? [] },
    keyed: new Set(keys.filter(isOrdered).map(({ column }) => column)),
  }
  return {
    ...{ schema, name, uniques, rules, ...(partitionOf && { partitionOf }) },
    columns: columns.map((column) => columnShape(column, shaped)),
    foreignKeys: foreignKeysOf(schema, facts.foreignKeys.get(name) ?? []),
  }
}

/** An index of words or of places compares no values. */
const isOrdered = ({ method }: KeyRow) => method !== 'FULLTEXT' && method !== 'SPATIAL'

interface Shaped {
  readonly collations: Collations
  readonly compared: ReadonlyMap<string, number>
  readonly checks: readonly CheckRow[]
  readonly keyed: ReadonlySet<string>
}

function columnShape(column: ColumnRow, shaped: Shaped): ColumnShape {
  const { name, type, dataType, nullable, generation } = column
  const { baseType, category } = isJson(column, shaped.checks)
    ? json
    : (knownType(dataType) ?? { baseType: dataType, category: 'other' as const })
  const text = category === 'string'
  const collation = text ? shaped.collations.get(column.collation ?? '') : undefined
  return {
    ...{ name, type, baseType, category },
    notNull: nullable === 'NO',
    maxLength: text ? lengthOf(column, shaped.compared.get(name)) : null,
    generated: generation !== null,
    ...(collation && { collation, keyed: shaped.keyed.has(name) }),
  }
}

/** A key that compares the beginning alone must find there what sets a value apart. */
function lengthOf({ maxLength }: ColumnRow, compared: number | undefined): number | null {
  const length = Math.min(Number(maxLength ?? Infinity), compared ?? Infinity)
  return Number.isFinite(length) ? length : null
}

function isJson({ name, dataType }: ColumnRow, checks: readonly CheckRow[]): boolean {
  const clause = `json_valid(\`${name}\`)`
  return (
    dataType === 'longtext' &&
    checks.some((check) => check.clause.toLowerCase() === clause.toLowerCase())
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
