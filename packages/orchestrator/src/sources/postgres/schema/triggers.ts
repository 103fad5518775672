import { quoteIdentifier } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import { type Collector, ownedByUser, ranks } from './schema-object.ts'
import { rebuildsVector } from './vector-triggers.ts'

interface AttachedRow {
  readonly oid: number
  readonly own: string
  readonly table: number
  readonly schema: string
  readonly name: string
  readonly enabled: 'O' | 'D' | 'R' | 'A'
  readonly definition: string
  /** Made before the data: it fills a column that is not copied. */
  readonly early?: boolean
}

const states = { O: null, D: 'DISABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' } as const

function stateSql(row: AttachedRow, kind: string): string[] {
  const state = states[row.enabled]
  if (state === null) return []
  return [`ALTER TABLE ONLY ${qualified(row)} ${state} ${kind} ${quoteIdentifier(row.own)}`]
}

/** Made after the data, so that copying fires none but those that rebuild a column. A partition’s copies come with its parent’s. */
export const collectTriggers: Collector = async (catalog) => {
  const rows = await catalog.rows<AttachedRow>(
    `SELECT t.oid, t.tgname AS own, t.tgrelid AS table, n.nspname AS schema, c.relname AS name,
            t.tgenabled AS enabled, pg_get_triggerdef(t.oid) AS definition, ${rebuildsVector('t')} AS early
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND c.relpersistence <> 't'
        AND c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')}
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid
                           AND d.refclassid = 'pg_trigger'::regclass)
      ORDER BY t.oid`,
    [catalog.schemas],
  )
  return {
    objects: rows.map((row) => ({
      key: `pg_trigger:${row.oid}`,
      rank: row.early === true ? ranks.vectorTrigger : ranks.trigger,
      what: `trigger ${row.schema}.${row.name}.${row.own}`,
      sql: [row.definition, ...stateSql(row, 'TRIGGER')],
      needs: [`pg_class:${row.table}`],
    })),
  }
}

export const collectRules: Collector = async (catalog) => {
  const rows = await catalog.rows<AttachedRow>(
    `SELECT r.oid, r.rulename AS own, r.ev_class AS table, n.nspname AS schema, c.relname AS name,
            r.ev_enabled AS enabled, pg_get_ruledef(r.oid) AS definition
       FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE r.rulename <> '_RETURN' AND c.relpersistence <> 't'
        AND c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY r.oid`,
    [catalog.schemas],
  )
  return {
    objects: rows.map((row) => ({
      key: `pg_rewrite:${row.oid}`,
      rank: ranks.rule,
      what: `rule ${row.schema}.${row.name}.${row.own}`,
      sql: [row.definition, ...stateSql(row, 'RULE')],
      needs: [`pg_class:${row.table}`],
    })),
  }
}
