import { quoteIdentifier } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import { type Collector, ownedByUser, ranks, type SchemaObject } from './schema-object.ts'

interface ViewRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly materialized: boolean
  readonly populated: boolean
  readonly definition: string
  readonly options: readonly string[]
  readonly presets: readonly { oid: number; column: string; preset: string }[]
}

export const collectViews: Collector = async (catalog) => {
  const rows = await catalog.rows<ViewRow>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind = 'm' AS materialized,
            c.relispopulated AS populated, pg_get_viewdef(c.oid) AS definition,
            coalesce(c.reloptions, '{}') AS options,
            coalesce((SELECT json_agg(json_build_object('oid', d.oid::bigint, 'column', a.attname,
                               'preset', pg_get_expr(d.adbin, d.adrelid)))
               FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
              WHERE d.adrelid = c.oid), '[]') AS presets
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't'
        AND c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY c.oid`,
    [catalog.schemas],
  )
  return { objects: rows.flatMap((row) => (row.materialized ? materialized(row) : plain(row))) }
}

const safeOption =
  /^(security_barrier|security_invoker|check_option|fillfactor)=(true|false|on|off|[01]|local|cascaded|[0-9]+)$/

function createSql(row: ViewRow, kind: string): string {
  const options = row.options.filter((option) => safeOption.test(option))
  const clause = options.length === 0 ? '' : ` WITH (${options.join(', ')})`
  return `CREATE ${kind} ${qualified(row)}${clause} AS ${row.definition.trim().replace(/;$/, '')}`
}

function plain(row: ViewRow): SchemaObject[] {
  const key = `pg_class:${row.oid}`
  const what = `view ${row.schema}.${row.name}`
  const presets = row.presets.map(({ oid, column, preset }) => ({
    key: `pg_attrdef:${oid}`,
    rank: ranks.view,
    what: `default of ${row.schema}.${row.name}.${column}`,
    sql: [
      `ALTER VIEW ${qualified(row)} ALTER COLUMN ${quoteIdentifier(column)} SET DEFAULT ${preset}`,
    ],
    needs: [key],
  }))
  return [{ key, rank: ranks.view, what, sql: [createSql(row, 'VIEW')] }, ...presets]
}

/** Filled again from the masked rows, when everything it may call is there. */
function materialized(row: ViewRow): SchemaObject[] {
  const key = `pg_class:${row.oid}`
  const what = `materialized view ${row.schema}.${row.name}`
  const sql = [`${createSql(row, 'MATERIALIZED VIEW')} WITH NO DATA`]
  const objects: SchemaObject[] = [{ key, rank: ranks.view, what, sql }]
  if (row.populated) {
    objects.push({
      key: refreshOf(key),
      rank: ranks.refresh,
      what: `rows of ${what}`,
      sql: [`REFRESH MATERIALIZED VIEW ${qualified(row)}`],
      needs: [key],
    })
  }
  return objects
}

export const refreshOf = (key: string) => `refresh:${key}`
