import type { TableCheck } from '../../sources.ts'
import { quoteIdentifier } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import {
  type Catalog,
  type Collector,
  ownedByUser,
  ranks,
  type SchemaObject,
} from './schema-object.ts'

interface ConstraintRow {
  readonly oid: number
  readonly constraint: string
  readonly kind: 'p' | 'u' | 'x' | 'c' | 'f' | 'n'
  readonly table: number
  readonly schema: string
  readonly name: string
  readonly definition: string
}

/** What a partition or child has from its parent comes with the parent. */
const ownConstraint = `(con.contype IN ('p', 'u', 'x')
  OR (con.contype = 'c' AND con.conislocal)
  OR (con.contype = 'f' AND con.conparentid = 0)
  OR (con.contype = 'n' AND NOT con.convalidated AND con.conislocal))`

export const collectConstraints: Collector = async (catalog) => {
  const rows = await catalog.rows<ConstraintRow>(
    `SELECT con.oid, con.conname AS constraint, con.contype AS kind, con.conrelid AS table,
            n.nspname AS schema, c.relname AS name, pg_get_constraintdef(con.oid) AS definition
       FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.relnamespace = ANY($1)
        AND ${ownConstraint} AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY con.oid`,
    [catalog.schemas],
  )
  return { objects: rows.map(constraintObject) }
}

const rankOf = {
  p: ranks.key,
  u: ranks.key,
  x: ranks.key,
  c: ranks.check,
  n: ranks.check,
  f: ranks.foreignKey,
} as const

function constraintObject(row: ConstraintRow): SchemaObject {
  const only = rankOf[row.kind] === ranks.key ? 'ONLY ' : ''
  return {
    key: `pg_constraint:${row.oid}`,
    rank: rankOf[row.kind],
    what: `constraint ${row.schema}.${row.name}.${row.constraint}`,
    sql: [
      `ALTER TABLE ${only}${qualified(row)} ADD CONSTRAINT ${quoteIdentifier(row.constraint)} ${row.definition}`,
    ],
    needs: [`pg_class:${row.table}`],
  }
}

/** Foreign keys that the source never checked: `schema.table.constraint`. */
export async function findUnvalidatedForeignKeys(catalog: Parameters<Collector>[0]) {
  const rows = await catalog.rows<{ name: string }>(
    `SELECT concat_ws('.', n.nspname, c.relname, con.conname) AS name
       FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE con.contype = 'f' AND NOT con.convalidated AND con.connamespace = ANY($1) ORDER BY 1`,
    [catalog.schemas],
  )
  return rows.map((row) => row.name)
}

/** Of every table that has rows, by the names its columns have there. */
export async function findChecks(catalog: Catalog): Promise<TableCheck[]> {
  return catalog.rows<TableCheck>(
    `SELECT json_build_object('schema', n.nspname, 'name', c.relname) AS table, con.conname::text AS name,
            ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(con.conkey)) AS columns,
            pg_get_expr(con.conbin, con.conrelid) AS expression
       FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE con.contype = 'c' AND con.convalidated AND c.relkind = 'r' AND c.relnamespace = ANY($1)
        AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY con.oid`,
    [catalog.schemas],
  )
}

interface DomainCheckRow {
  readonly oid: number
  readonly type: number
  readonly constraint: string
  readonly schema: string
  readonly name: string
  readonly definition: string
}

export const collectDomainChecks: Collector = async (catalog) => {
  const rows = await catalog.rows<DomainCheckRow>(
    `SELECT con.oid, con.contypid AS type, con.conname AS constraint, n.nspname AS schema, t.typname AS name,
            pg_get_constraintdef(con.oid) AS definition
       FROM pg_constraint con JOIN pg_type t ON t.oid = con.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE con.contype = 'c' AND t.typnamespace = ANY($1) AND ${ownedByUser('pg_type', 't.oid')}
      ORDER BY con.oid`,
    [catalog.schemas],
  )
  return {
    objects: rows.map((row) => ({
      key: `pg_constraint:${row.oid}`,
      rank: ranks.domainCheck,
      what: `constraint ${row.constraint} of domain ${row.schema}.${row.name}`,
      sql: [
        `ALTER DOMAIN ${qualified(row)} ADD CONSTRAINT ${quoteIdentifier(row.constraint)} ${row.definition}`,
      ],
      needs: [`pg_type:${row.type}`],
    })),
  }
}
