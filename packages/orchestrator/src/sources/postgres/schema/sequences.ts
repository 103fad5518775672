import { quoteIdentifier, quoteLiteral } from '../identifiers.ts'
import { qualified } from './qualified.ts'
import {
  type Catalog,
  type Collector,
  ownedByUser,
  ranks,
  type SchemaObject,
} from './schema-object.ts'

interface SequenceRow {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly options: string
  readonly readable: boolean
  readonly identity: boolean
  readonly owner: number | null
  readonly ownerSchema: string | null
  readonly ownerTable: string | null
  readonly ownerColumn: string | null
  readonly descending: boolean
  readonly feeds: readonly Fed[]
}

/** A column of whole numbers that owns the sequence, or takes its default from it. */
interface Fed {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly column: string
}

const feeds = `
  SELECT fc.oid::bigint AS oid, fn.nspname AS schema, fc.relname AS name, fa.attname AS column
    FROM pg_attribute fa JOIN pg_class fc ON fc.oid = fa.attrelid JOIN pg_namespace fn ON fn.oid = fc.relnamespace
   WHERE fc.relkind IN ('r', 'p') AND fc.relpersistence <> 't' AND NOT fa.attisdropped
     AND fa.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
     AND ((fa.attrelid, fa.attnum) = (d.refobjid, d.refobjsubid) OR EXISTS (
       SELECT FROM pg_attrdef fd JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = fd.oid
        WHERE fd.adrelid = fa.attrelid AND fd.adnum = fa.attnum AND p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid))
   ORDER BY fc.oid, fa.attnum`

export const sequenceOptions = (sequence: string) =>
  `concat('START WITH ', ${sequence}.seqstart, ' INCREMENT BY ', ${sequence}.seqincrement, ' MINVALUE ', ${sequence}.seqmin,
     ' MAXVALUE ', ${sequence}.seqmax, ' CACHE ', ${sequence}.seqcache, CASE WHEN ${sequence}.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END)`

/**
 * An identity column’s sequence is made with its table; here only its position is set. How far a
 * sequence of the source has come tells how much business was done: a copy’s goes on behind the
 * greatest value that the copy has, unless the operator asks for the source’s own.
 */
export const collectSequences: Collector = async (catalog) => {
  const rows = await catalog.rows<SequenceRow>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS name,
            concat('AS ', format_type(s.seqtypid, NULL), ' ', ${sequenceOptions('s')}) AS options,
            has_sequence_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS readable,
            coalesce(d.deptype = 'i', false) AS identity,
            s.seqincrement < 0 AS descending, coalesce((SELECT json_agg(f) FROM (${feeds}) AS f), '[]') AS feeds,
            t.oid AS owner, tn.nspname AS "ownerSchema", t.relname AS "ownerTable", a.attname AS "ownerColumn"
       FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
             AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
       LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
       LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
      WHERE c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY c.oid`,
    [catalog.schemas],
  )
  const positions = catalog.exactSequences ? await readPositions(catalog, rows) : new Map()
  return { objects: rows.flatMap((row) => sequenceObjects(row, positions.get(row.oid))) }
}

interface Position {
  readonly oid: number
  readonly last: string
  readonly called: boolean
}

async function readPositions(catalog: Catalog, rows: readonly SequenceRow[]) {
  const readable = rows.filter((row) => row.readable)
  const positions = new Map<number, Position>()
  for (let start = 0; start < readable.length; start += 200) {
    const batch = readable.slice(start, start + 200)
    const sql = batch.map(
      (row) =>
        `SELECT ${row.oid} AS oid, last_value AS last, is_called AS called FROM ${qualified(row)}`,
    )
    for (const position of await catalog.rows<Position>(sql.join(' UNION ALL '))) {
      positions.set(position.oid, position)
    }
  }
  return positions
}

function sequenceObjects(row: SequenceRow, position: Position | undefined): SchemaObject[] {
  const key = `pg_class:${row.oid}`
  const what = `sequence ${row.schema}.${row.name}`
  const owner = row.owner === null ? [] : [`pg_class:${row.owner}`]
  const objects: SchemaObject[] = []
  if (!row.identity) {
    const sql = [`CREATE SEQUENCE ${qualified(row)} ${row.options}`]
    objects.push({ key, rank: ranks.sequence, what, sql })
  }
  if (!row.identity && row.ownerTable !== null) {
    const sql = [`ALTER SEQUENCE ${qualified(row)} OWNED BY ${ownerColumn(row)}`]
    objects.push({
      key: `owned:${row.oid}`,
      rank: ranks.ownership,
      what,
      sql,
      needs: [key, ...owner],
    })
  }
  const sql = position === undefined ? fitPosition(row) : setPosition(row, position)
  if (sql !== null) {
    const fed = row.feeds.map(({ oid }) => `pg_class:${oid}`)
    const needs = [...new Set([...(row.identity ? [] : [key]), ...owner, ...fed])]
    objects.push({ key: `position:${row.oid}`, rank: ranks.position, what, sql: [sql], needs })
  }
  return objects
}

const ownerTable = (row: SequenceRow) =>
  qualified({ schema: row.ownerSchema ?? '', name: row.ownerTable ?? '' })
const ownerColumn = (row: SequenceRow) =>
  `${ownerTable(row)}.${quoteIdentifier(row.ownerColumn ?? '')}`

const literalOf = (row: SequenceRow) => `${quoteLiteral(qualified(row))}::pg_catalog.regclass`

const setPosition = (row: SequenceRow, { last, called }: Position) =>
  `SELECT pg_catalog.setval(${literalOf(row)}, ${BigInt(last)}, ${called === true})`

/** Nothing where no column tells: such a sequence begins anew. */
function fitPosition(row: SequenceRow): string | null {
  if (row.feeds.length === 0) return null
  const furthest = row.descending ? 'min' : 'max'
  const each = row.feeds.map(
    (fed) => `SELECT ${furthest}(${quoteIdentifier(fed.column)}) AS top FROM ${qualified(fed)}`,
  )
  return `SELECT pg_catalog.setval(${literalOf(row)}, g.top::bigint) FROM (SELECT ${furthest}(top) AS top FROM (${each.join(' UNION ALL ')}) AS f) AS g,
    pg_catalog.pg_sequence AS s WHERE s.seqrelid = ${literalOf(row)} AND g.top BETWEEN s.seqmin AND s.seqmax`
}
