import type { ColumnShape, ForeignKeyShape, TableShape } from '../../masking/masking.ts'
import { type Catalog, ownedByUser } from './schema/schema-object.ts'

export interface InspectedTable extends TableShape {
  readonly oid: number
}

interface TableRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly estimatedRows: number
  readonly columns: readonly (Omit<ColumnShape, 'category'> & TypeFacts)[]
  readonly uniques: readonly (readonly string[])[]
  readonly foreignKeys: readonly ForeignKeyShape[]
}

interface TypeFacts {
  /** typtype of the type below domains, and its typcategory. */
  readonly kind: string
  readonly group: string
  readonly baseType: string
}

/** Ordinary tables and leaf partitions with their own rows, by schema and name. */
export async function inspectTables(catalog: Catalog): Promise<readonly InspectedTable[]> {
  const rows = await catalog.rows<TableRow>(tablesSql, [catalog.schemas])
  return rows.map((row) => ({
    ...row,
    columns: row.columns.map(({ kind, group, ...column }) => ({
      ...column,
      category: categoryOf({ kind, group, baseType: column.baseType }),
    })),
  }))
}

export function categoryOf({ kind, group, baseType }: TypeFacts): ColumnShape['category'] {
  if (baseType.endsWith('[]')) return 'array'
  if (kind === 'e') return 'enum'
  if (kind !== 'b') return 'other'
  return named[baseType] ?? grouped[group] ?? 'other'
}

const named: Readonly<Record<string, ColumnShape['category']>> = {
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
  uuid: 'uuid',
  macaddr: 'network',
  macaddr8: 'network',
  '"char"': 'string',
}

const grouped: Readonly<Record<string, ColumnShape['category']>> = {
  S: 'string',
  N: 'number',
  B: 'boolean',
  D: 'datetime',
  I: 'network',
}

/** Down through domains to the type that holds the bytes; NOT NULL and length may stand on the way. */
const columnsSql = `
  WITH RECURSIVE down(type, modifier, required) AS (
    SELECT a.atttypid, a.atttypmod, a.attnotnull
    UNION ALL
    SELECT t.typbasetype, CASE WHEN down.modifier = -1 THEN t.typtypmod ELSE down.modifier END, down.required OR t.typnotnull
      FROM down JOIN pg_type t ON t.oid = down.type WHERE t.typtype = 'd'
  )
  SELECT json_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'baseType', format_type(t.oid, NULL),
    'kind', t.typtype, 'group', t.typcategory, 'notNull', down.required,
    'maxLength', CASE WHEN t.typname IN ('varchar', 'bpchar') AND t.typnamespace = 'pg_catalog'::regnamespace
                       AND down.modifier > 4 THEN down.modifier - 4 END,
    'generated', a.attgenerated <> '')
  FROM down JOIN pg_type t ON t.oid = down.type WHERE t.typtype <> 'd'`

const namesOf = (table: string, numbers: string) => `
  (SELECT json_agg(a.attname ORDER BY part.at) FROM unnest(${numbers}) WITH ORDINALITY AS part(number, at)
     JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = part.number)`

const tablesSql = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, greatest(c.reltuples, 0)::float8 AS "estimatedRows",
    coalesce((SELECT json_agg((${columnsSql}) ORDER BY a.attnum) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
    coalesce((SELECT json_agg(${namesOf('c.oid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]')} ORDER BY i.indexrelid)
       FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indexprs IS NULL), '[]') AS uniques,
    coalesce((SELECT json_agg(json_build_object(
         'columns', ${namesOf('k.conrelid', 'k.conkey')},
         'target', json_build_object('schema', fn.nspname, 'name', f.relname),
         'targetColumns', ${namesOf('k.confrelid', 'k.confkey')}) ORDER BY k.oid)
       FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
      WHERE k.conrelid = c.oid AND k.contype = 'f'), '[]') AS "foreignKeys"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')}
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`
