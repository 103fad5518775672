import type { ColumnRef, Policy, Strategy, TableRef } from '../shapes.ts'

const plain = /^[\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\d_$]*$/u

/** `schema.table` as masking.yaml spells it: quoted as SQL would where a name is not plain. */
export function tableKey({ schema, name }: TableRef): string {
  return `${quotedIdentifier(schema)}.${quotedIdentifier(name)}`
}

function quotedIdentifier(name: string): string {
  return plain.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/**
 * The table a key of masking.yaml names, or undefined where it is not of the form `schema.table`.
 * Names outside quotes are taken as they are, not folded: `public.Customer` means `public."Customer"`.
 */
export function parseTableKey(key: string): TableRef | undefined {
  const part = /(?:"((?:[^"]|"")+)"|([^".]+))/
  const found = new RegExp(`^${part.source}\\.${part.source}$`, 'su').exec(key)
  if (!found) return undefined
  const schema = found[1]?.replaceAll('""', '"') ?? found[2]
  const name = found[3]?.replaceAll('""', '"') ?? found[4]
  return schema && name ? { schema, name } : undefined
}

/** `schema.table.column`, quoted where SQL would quote. */
export function columnKey({ table, column }: ColumnRef): string {
  return `${tableKey(table)}.${quotedIdentifier(column)}`
}

/** The column a reference of masking.yaml names; as with tables, names outside quotes are not folded. */
export function parseColumnKey(key: string): ColumnRef | undefined {
  const found = /^(.+)\.(?:"((?:[^"]|"")+)"|([^".]+))$/su.exec(key)
  const table = found?.[1] === undefined ? undefined : parseTableKey(found[1])
  const column = found?.[2]?.replaceAll('""', '"') ?? found?.[3]
  return table && column !== undefined ? { table, column } : undefined
}

/** The answer for a column; undefined where there is none. */
export function strategyFor(policy: Policy, table: TableRef, column: string): Strategy | undefined {
  const columns = ownValue(policy, tableKey(table))
  return columns && ownValue(columns, column)
}

/** Whether values under this strategy differ from the source’s. */
export function isMasked(strategy: Strategy): boolean {
  return strategy.name !== 'keep' && strategy.name !== 'enum'
}

/** A table may be called `constructor`: what an object inherits is no answer. */
function ownValue<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
