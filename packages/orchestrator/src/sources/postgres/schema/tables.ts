import { quoteIdentifier } from '../identifiers.ts'
import { type ColumnRow, columnClause, readColumns } from './columns.ts'
import { qualified } from './qualified.ts'
import {
  type Collector,
  type LeftOut,
  ownedByUser,
  ranks,
  type SchemaObject,
} from './schema-object.ts'

interface TableRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: 'r' | 'p' | 'f'
  readonly unlogged: boolean
  readonly partition: boolean
  readonly partitionKey: string | null
  readonly bound: string | null
  readonly options: readonly string[]
  readonly parents: readonly { oid: number; schema: string; name: string }[]
  readonly ofType: string | null
  readonly replicaIdentity: string
}

export const collectTables: Collector = async (catalog) => {
  const rows = await catalog.rows<TableRow>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
            c.relpersistence = 'u' AS unlogged, c.relispartition AS partition,
            CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
            pg_get_expr(c.relpartbound, c.oid) AS bound, coalesce(c.reloptions, '{}') AS options,
            CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS "ofType",
            c.relreplident AS "replicaIdentity",
            coalesce((SELECT json_agg(json_build_object('oid', p.oid::bigint, 'schema', pn.nspname, 'name', p.relname) ORDER BY i.inhseqno)
               FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
              WHERE i.inhrelid = c.oid), '[]') AS parents
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
        AND c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY c.oid`,
    [catalog.schemas],
  )
  const columns = await readColumns(catalog)
  const tables = rows.filter((row) => row.kind !== 'f')
  return {
    objects: tables.flatMap((row) => tableObjects(row, columns.get(row.oid) ?? [])),
    leftOut: rows.filter((row) => row.kind === 'f').map(foreignTable),
  }
}

const foreignTable = (row: TableRow): LeftOut => ({
  key: `pg_class:${row.oid}`,
  what: `foreign table ${row.schema}.${row.name}`,
  why: 'lives on another server, which is never read',
})

function tableObjects(row: TableRow, columns: readonly ColumnRow[]): SchemaObject[] {
  const what = `table ${row.schema}.${row.name}`
  const objects: SchemaObject[] = [
    { key: `pg_class:${row.oid}`, rank: ranks.table, what, sql: createTable(row, columns) },
  ]
  if (row.partition) objects.push(attachment(row))
  for (const column of columns) objects.push(...columnDefault(row, column))
  return objects
}

function createTable(row: TableRow, columns: readonly ColumnRow[]): string[] {
  const inherits = row.partition ? [] : row.parents
  const own = columns.filter((column) => inherits.length === 0 || column.local)
  const clauses = own.map((column) => columnClause(column, row.partition))
  const parts = [
    `CREATE ${row.unlogged && row.kind === 'r' ? 'UNLOGGED ' : ''}TABLE ${qualified(row)} (${clauses.join(', ')})`,
    inherits.length > 0 ? `INHERITS (${inherits.map(qualified).join(', ')})` : '',
    row.partitionKey === null ? '' : `PARTITION BY ${row.partitionKey}`,
    storage(row),
  ]
  const stricter = columns.filter((column) => !own.includes(column) && column.notNull)
  return [
    parts.filter(Boolean).join(' '),
    ...stricter.map((column) => `${alterColumn(row, column)} SET NOT NULL`),
    ...(row.ofType === null ? [] : [`ALTER TABLE ${qualified(row)} OF ${row.ofType}`]),
    ...(row.replicaIdentity === 'f' ? [`ALTER TABLE ${qualified(row)} REPLICA IDENTITY FULL`] : []),
  ]
}

const safeOption =
  /^(fillfactor|toast_tuple_target|parallel_workers|autovacuum_[a-z_]+)=[0-9a-z.]+$/

function storage({ kind, options }: TableRow): string {
  const safe = kind === 'r' ? options.filter((option) => safeOption.test(option)) : []
  return safe.length === 0 ? '' : `WITH (${safe.join(', ')})`
}

const alterColumn = (row: TableRow, column: ColumnRow) =>
  `ALTER TABLE ONLY ${qualified(row)} ALTER COLUMN ${quoteIdentifier(column.name)}`

/** A partition is made on its own and attached, so that it keeps its own order of columns. */
function attachment(row: TableRow): SchemaObject {
  const [parent] = row.parents
  if (parent === undefined) throw new TypeError('a partition without a parent')
  return {
    key: `attach:${row.oid}`,
    rank: ranks.attach,
    what: `partition ${row.schema}.${row.name}`,
    sql: [`ALTER TABLE ONLY ${qualified(parent)} ATTACH PARTITION ${qualified(row)} ${row.bound}`],
    needs: [`pg_class:${row.oid}`, `pg_class:${parent.oid}`],
  }
}

/** Apart from the table, because a default may call a function that takes the table’s rows. */
function columnDefault(row: TableRow, column: ColumnRow): SchemaObject[] {
  if (column.generated !== '') return []
  const inherited = row.parents.length > 0 && !row.partition && !column.local
  if (column.preset === null && !inherited) return []
  const change = column.preset === null ? 'DROP DEFAULT' : `SET DEFAULT ${column.preset}`
  return [
    {
      key: `pg_attrdef:${column.presetOid ?? `${row.oid}.${column.name}`}`,
      rank: ranks.default,
      what: `default of ${row.schema}.${row.name}.${column.name}`,
      sql: [`${alterColumn(row, column)} ${change}`],
      needs: [`pg_class:${row.oid}`],
    },
  ]
}
