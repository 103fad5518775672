import { quoteIdentifier } from '../identifiers.ts'
import { type Catalog, ownedByUser } from './schema-object.ts'
import { sequenceOptions } from './sequences.ts'

export interface ColumnRow {
  readonly table: number
  readonly name: string
  readonly type: string
  readonly collation: string | null
  readonly notNull: boolean
  readonly local: boolean
  readonly identity: '' | 'a' | 'd'
  readonly identitySequence: string | null
  readonly generated: '' | 's' | 'v'
  readonly preset: string | null
  readonly presetOid: number | null
}

/** In 18 a NOT NULL may be NOT VALID; such a one is added after the data. */
const notNull = (version: number) =>
  version < 18
    ? 'a.attnotnull'
    : `a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid
         AND k.contype = 'n' AND k.conkey[1] = a.attnum AND NOT k.convalidated)`

/** By table, in the columns’ order. */
export async function readColumns(catalog: Catalog): Promise<Map<number, ColumnRow[]>> {
  const rows = await catalog.rows<ColumnRow>(
    `SELECT a.attrelid AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
            CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation,
            ${notNull(catalog.version)} AS "notNull", a.attislocal AS local, a.attidentity AS identity, a.attgenerated AS generated,
            pg_get_expr(ad.adbin, ad.adrelid) AS preset, ad.oid AS "presetOid",
            CASE WHEN a.attidentity <> '' THEN (
              SELECT concat('SEQUENCE NAME ', sq.seqrelid::regclass::text, ' ', ${sequenceOptions('sq')})
                FROM pg_depend d JOIN pg_sequence sq ON sq.seqrelid = d.objid
               WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                 AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype = 'i') END AS "identitySequence"
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
       LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.relnamespace = ANY($1)
        AND a.attnum > 0 AND NOT a.attisdropped AND ${ownedByUser('pg_class', 'c.oid')}
      ORDER BY a.attrelid, a.attnum`,
    [catalog.schemas],
  )
  return Map.groupBy(rows, (row) => row.table)
}

/** A partition takes its identity from its parent when it is attached. */
export function columnClause(column: ColumnRow, partition: boolean): string {
  const parts = [
    quoteIdentifier(column.name),
    column.type,
    column.collation === null ? '' : `COLLATE ${column.collation}`,
    generation(column),
    partition ? '' : identity(column),
    column.notNull ? 'NOT NULL' : '',
  ]
  return parts.filter(Boolean).join(' ')
}

function generation({ generated, preset }: ColumnRow): string {
  if (generated === '') return ''
  return `GENERATED ALWAYS AS (${preset}) ${generated === 's' ? 'STORED' : 'VIRTUAL'}`
}

function identity({ identity: kind, identitySequence }: ColumnRow): string {
  if (kind === '' || identitySequence === null) return ''
  return `GENERATED ${kind === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY (${identitySequence})`
}
