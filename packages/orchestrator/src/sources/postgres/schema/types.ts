import { quoteLiteral } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import {
  type Catalog,
  type Collected,
  type Collector,
  ownedByUser,
  ranks,
} from './schema-object.ts'

interface Named {
  readonly oid: number
  readonly schema: string
  readonly name: string
}

const typeObject = (kind: string, row: Named, sql: string) => ({
  key: `pg_type:${row.oid}`,
  rank: ranks.type,
  what: `${kind} ${row.schema}.${row.name}`,
  sql: [sql],
})

const typesOf = (columns: string, joins: string, where: string) => `
  SELECT t.oid, n.nspname AS schema, t.typname AS name, ${columns}
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace ${joins}
   WHERE t.typnamespace = ANY($1) AND ${where} AND ${ownedByUser('pg_type', 't.oid')}
   ORDER BY t.oid`

export const collectTypes: Collector = async (catalog) => {
  const parts = [
    await enums(catalog),
    await domains(catalog),
    await composites(catalog),
    await rangeTypes(catalog),
    await baseTypes(catalog),
  ]
  return {
    objects: parts.flatMap((part) => part.objects),
    leftOut: parts.flatMap((part) => part.leftOut ?? []),
  }
}

async function enums(catalog: Catalog): Promise<Collected> {
  const labels = `ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder) AS labels`
  const rows = await catalog.rows<Named & { labels: string[] }>(
    typesOf(labels, '', "t.typtype = 'e'"),
    [catalog.schemas],
  )
  return {
    objects: rows.map((row) =>
      typeObject(
        'enum',
        row,
        `CREATE TYPE ${qualified(row)} AS ENUM (${row.labels.map(quoteLiteral).join(', ')})`,
      ),
    ),
  }
}

interface DomainRow extends Named {
  readonly type: string
  readonly notNull: boolean
  readonly preset: string | null
  readonly collation: string | null
}

/** Without their checks, which may call functions that are made later. */
async function domains(catalog: Catalog): Promise<Collected> {
  const rows = await catalog.rows<DomainRow>(
    typesOf(
      `format_type(t.typbasetype, t.typtypmod) AS type, t.typnotnull AS "notNull",
       t.typdefault AS preset,
       CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END AS collation`,
      'JOIN pg_type b ON b.oid = t.typbasetype',
      "t.typtype = 'd'",
    ),
    [catalog.schemas],
  )
  return { objects: rows.map((row) => typeObject('domain', row, createDomain(row))) }
}

function createDomain(row: DomainRow): string {
  const parts = [
    `CREATE DOMAIN ${qualified(row)} AS ${row.type}`,
    row.collation === null ? '' : `COLLATE ${row.collation}`,
    row.preset === null ? '' : `DEFAULT ${row.preset}`,
    row.notNull ? 'NOT NULL' : '',
  ]
  return parts.filter(Boolean).join(' ')
}

async function composites(catalog: Catalog): Promise<Collected> {
  const fields = `ARRAY(SELECT quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
      || CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
    FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
    WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS fields`
  const rows = await catalog.rows<Named & { fields: string[] }>(
    typesOf(fields, "JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'", "t.typtype = 'c'"),
    [catalog.schemas],
  )
  return {
    objects: rows.map((row) =>
      typeObject('type', row, `CREATE TYPE ${qualified(row)} AS (${row.fields.join(', ')})`),
    ),
  }
}

interface RangeRow extends Named {
  readonly subtype: string
  readonly opclass: string
  readonly collation: string | null
  readonly difference: string | null
  readonly multirange: string | null
  readonly canonical: boolean
}

async function rangeTypes(catalog: Catalog): Promise<Collected> {
  const multirange =
    catalog.version >= 14
      ? `(SELECT m.typname::text FROM pg_type m WHERE m.oid = r.rngmultitypid)`
      : 'NULL'
  const rows = await catalog.rows<RangeRow>(
    typesOf(
      `format_type(r.rngsubtype, NULL) AS subtype, quote_ident(o.opcnspname) || '.' || quote_ident(o.opcname) AS opclass,
       CASE WHEN r.rngcollation <> st.typcollation THEN r.rngcollation::regcollation::text END AS collation,
       CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::regproc::text END AS difference,
       ${multirange} AS multirange, r.rngcanonical <> 0 AS canonical`,
      `JOIN pg_range r ON r.rngtypid = t.oid JOIN pg_type st ON st.oid = r.rngsubtype
       JOIN (SELECT c.oid, c.opcname, cn.nspname AS opcnspname FROM pg_opclass c
               JOIN pg_namespace cn ON cn.oid = c.opcnamespace) o ON o.oid = r.rngsubopc`,
      "t.typtype = 'r'",
    ),
    [catalog.schemas],
  )
  return {
    objects: rows
      .filter((row) => !row.canonical)
      .map((row) => typeObject('range type', row, createRange(row))),
    leftOut: rows
      .filter((row) => row.canonical)
      .map((row) => ({
        key: `pg_type:${row.oid}`,
        what: `range type ${row.schema}.${row.name}`,
        why: 'has a canonical function, which is code outside the database',
      })),
  }
}

function createRange(row: RangeRow): string {
  const options = [
    `SUBTYPE = ${row.subtype}`,
    `SUBTYPE_OPCLASS = ${row.opclass}`,
    row.collation === null ? '' : `COLLATION = ${row.collation}`,
    row.difference === null ? '' : `SUBTYPE_DIFF = ${row.difference}`,
    row.multirange === null
      ? ''
      : `MULTIRANGE_TYPE_NAME = ${qualified({ schema: row.schema, name: row.multirange })}`,
  ]
  return `CREATE TYPE ${qualified(row)} AS RANGE (${options.filter(Boolean).join(', ')})`
}

async function baseTypes(catalog: Catalog): Promise<Collected> {
  const rows = await catalog.rows<Named>(
    typesOf('1', '', "t.typtype = 'b' AND t.typelem = 0 AND t.typisdefined"),
    [catalog.schemas],
  )
  return {
    objects: [],
    leftOut: rows.map((row) => ({
      key: `pg_type:${row.oid}`,
      what: `base type ${row.schema}.${row.name}`,
      why: 'needs code outside the database',
    })),
  }
}
