import type { ColumnShape, ForeignKeyShape, TableRef, TableShape } from '../../masking/masking.ts'
import { readTypes, type Types } from './column-types.ts'
import { type DistinctRow, distinctSql, mentioned, ruleOf } from './distinct-rules.ts'
import { type Catalog, ownedByUser } from './schema/schema-object.ts'
import { rebuildsVector, triggerArgument } from './schema/vector-triggers.ts'

export interface InspectedTable extends TableShape {
  readonly oid: number
}

interface TableRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly estimatedRows: number
  readonly columns: readonly ColumnRow[]
  readonly uniques: readonly (readonly string[])[]
  readonly foreignKeys: readonly ForeignKeyShape[]
  readonly distinct: readonly DistinctRow[]
  readonly root: TableRef | null
  readonly partitionKeys: readonly string[]
  readonly total: boolean
}

interface ColumnRow extends Pick<ColumnShape, 'name' | 'type' | 'notNull' | 'generated'> {
  readonly oid: number
  readonly modifier: number
}

/** Ordinary tables and leaf partitions with their own rows, by schema and name. */
export async function inspectTables(catalog: Catalog): Promise<readonly InspectedTable[]> {
  const types = await readTypes(catalog)
  const rows = await catalog.rows<TableRow>(tablesSql, [catalog.schemas])
  return rows.map((row) => tableShape(row, types))
}

function tableShape(row: TableRow, types: Types): InspectedTable {
  const { oid, schema, name, estimatedRows, uniques, foreignKeys, root } = row
  const columns = row.columns.map((column) => columnShape(column, types))
  const names = columns.map((column) => column.name)
  return {
    ...{ oid, schema, name, estimatedRows, uniques, foreignKeys, columns },
    rules: row.distinct.map((rule) => ruleOf(rule, names)),
    ...(root && {
      partitionOf: { ...root, key: mentioned(row.partitionKeys.join(), names), total: row.total },
    }),
  }
}

function columnShape({ oid, modifier, ...column }: ColumnRow, types: Types): ColumnShape {
  const below = types.describe(oid, modifier)
  return { ...below, ...column, notNull: column.notNull || below.notNull }
}

const columnsSql = `json_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'oid', a.atttypid::bigint,
    'modifier', a.atttypmod, 'notNull', a.attnotnull,
    'generated', a.attgenerated <> '' OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = a.attrelid
       AND ${rebuildsVector('t')} AND ${triggerArgument('t', 1)} = a.attname))`

const namesOf = (table: string, numbers: string) => `
  (SELECT json_agg(a.attname ORDER BY part.at) FROM unnest(${numbers}) WITH ORDINALITY AS part(number, at)
     JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = part.number)`

/** Every table of the tree that a partition stands in and that hands its rows on. */
const nodesSql = `pg_partitioned_table p WHERE c.relispartition AND p.partrelid IN
  (SELECT tree.relid FROM pg_partition_tree(pg_partition_root(c.oid)) AS tree)`

const tablesSql = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, greatest(c.reltuples, 0)::float8 AS "estimatedRows",
    coalesce((SELECT json_agg(${columnsSql} ORDER BY a.attnum) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
    coalesce((SELECT json_agg(${namesOf('c.oid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]')} ORDER BY i.indexrelid)
       FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indexprs IS NULL), '[]') AS uniques,
    coalesce((SELECT json_agg(json_build_object(
         'columns', ${namesOf('k.conrelid', 'k.conkey')},
         'target', json_build_object('schema', fn.nspname, 'name', f.relname),
         'targetColumns', ${namesOf('k.confrelid', 'k.confkey')}) ORDER BY k.oid)
       FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
      WHERE k.conrelid = c.oid AND k.contype = 'f'), '[]') AS "foreignKeys",
    ${distinctSql} AS distinct,
    CASE WHEN c.relispartition THEN (SELECT json_build_object('schema', rn.nspname, 'name', r.relname)
       FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = pg_partition_root(c.oid)) END AS root,
    coalesce((SELECT json_agg(pg_get_partkeydef(p.partrelid)) FROM ${nodesSql}), '[]') AS "partitionKeys",
    coalesce((SELECT bool_and(p.partstrat = 'h' OR p.partdefid <> 0) FROM ${nodesSql}), true) AS total
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')}
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`
