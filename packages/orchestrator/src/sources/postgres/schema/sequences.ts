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
}

export const sequenceOptions = (sequence: string) =>
  `concat('START WITH ', ${sequence}.seqstart, ' INCREMENT BY ', ${sequence}.seqincrement, ' MINVALUE ', ${sequence}.seqmin,
     ' MAXVALUE ', ${sequence}.seqmax, ' CACHE ', ${sequence}.seqcache, CASE WHEN ${sequence}.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END)`

/** An identity column’s sequence is made with its table; here only its position is kept. */
export const collectSequences: Collector = async (catalog) => {
  const rows = await catalog.rows<SequenceRow>(
    `SELECT c.oid, n.nspname AS schema, c.relname AS name,
            concat('AS ', format_type(s.seqtypid, NULL), ' ', ${sequenceOptions('s')}) AS options,
            has_sequence_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS readable,
            coalesce(d.deptype = 'i', false) AS identity,
            t.oid AS owner, tn.nspname AS "ownerSchema", t.relname AS "ownerTable", a.attname AS "ownerColumn"
       FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
             AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
       LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
       LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
      WHERE c.relnamespace = ANY($1) AND ${ownedByUser('pg_class', 'c.oid')} ORDER BY c.oid`,
    [catalog.schemas],
  )
  const positions = await readPositions(catalog, rows)
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
  const sql = setPosition(row, position)
  const needs = row.identity ? owner : [key, ...owner]
  if (sql !== null) {
    objects.push({ key: `position:${row.oid}`, rank: ranks.position, what, sql: [sql], needs })
  }
  return objects
}

const ownerTable = (row: SequenceRow) =>
  qualified({ schema: row.ownerSchema ?? '', name: row.ownerTable ?? '' })
const ownerColumn = (row: SequenceRow) =>
  `${ownerTable(row)}.${quoteIdentifier(row.ownerColumn ?? '')}`

/** A sequence that may not be read continues behind the greatest value of its column. */
function setPosition(row: SequenceRow, position: Position | undefined): string | null {
  const sequence = `${quoteLiteral(qualified(row))}::pg_catalog.regclass`
  if (position !== undefined) {
    return `SELECT pg_catalog.setval(${sequence}, ${BigInt(position.last)}, ${position.called === true})`
  }
  if (row.ownerTable === null) return null
  const greatest = `SELECT max(${quoteIdentifier(row.ownerColumn ?? '')}) AS top FROM ${ownerTable(row)}`
  return `SELECT pg_catalog.setval(${sequence}, top) FROM (${greatest}) AS g WHERE top IS NOT NULL`
}
