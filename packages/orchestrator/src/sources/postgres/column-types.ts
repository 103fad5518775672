import type { ColumnShape } from '../../masking/masking.ts'
import type { Catalog } from './schema/schema-object.ts'

/** A type as a column of it is masked: all of a shape but what only the column knows. */
type TypeShape = Omit<ColumnShape, 'name' | 'type' | 'generated'>

/** Every type that a column reaches: through domains, arrays, ranges and composites. */
export interface Types {
  describe(oid: number, modifier: number): TypeShape
}

interface TypeRow {
  readonly oid: number
  readonly name: string
  /** As `format_type` prints it without a modifier. */
  readonly label: string
  readonly kind: string
  readonly group: string
  readonly base: number
  readonly modifier: number
  readonly required: boolean
  readonly element: number
  readonly ofExtension: boolean
  readonly fields: readonly (Pick<ColumnShape, 'name' | 'type'> & {
    readonly oid: number
    readonly modifier: number
  })[]
}

export async function readTypes(catalog: Catalog): Promise<Types> {
  const rows = await catalog.rows<TypeRow>(typesSql, [catalog.schemas])
  const known = new Map(rows.map((row) => [Number(row.oid), row]))
  const describe = (oid: number, modifier: number): TypeShape => {
    const row = known.get(Number(oid))
    if (row === undefined) throw new TypeError('a column’s type is not in the catalog')
    return shapeOf(row, modifier, describe)
  }
  return { describe }
}

function shapeOf(row: TypeRow, modifier: number, describe: Types['describe']): TypeShape {
  if (row.kind === 'd') {
    const below = describe(row.base, modifier === -1 ? row.modifier : modifier)
    return { ...below, notNull: below.notNull || row.required }
  }
  const element = Number(row.element) > 0 ? describe(row.element, modifier) : undefined
  const isArray = row.label.endsWith('[]')
  const baseType = isArray && element ? `${element.baseType}[]` : plainName(row)
  return {
    baseType,
    category: categoryOf({ kind: row.kind, group: row.group, baseType }),
    notNull: false,
    maxLength: isArray ? null : lengthOf(row, modifier),
    ...(element && { element: { name: '', type: element.baseType, generated: false, ...element } }),
    ...(row.kind === 'c' && { fields: fieldsOf(row, describe) }),
  }
}

/** An extension may be in any schema, so its types go by their name alone. */
const plainName = ({ ofExtension, name, label }: TypeRow) => (ofExtension ? name : label)

const fieldsOf = ({ fields }: TypeRow, describe: Types['describe']): ColumnShape[] =>
  fields.map(({ name, type, oid, modifier }) => ({
    ...{ name, type, generated: false },
    ...describe(oid, modifier),
  }))

/** The `name` type cuts what is longer than 63 bytes, without a word. */
function lengthOf({ label }: TypeRow, modifier: number): number | null {
  if (label === 'name') return 63
  const limited = label === 'character varying' || label === 'character' || label === 'bpchar'
  return limited && modifier > 4 ? modifier - 4 : null
}

interface TypeFacts {
  /** typtype of the type below domains, and its typcategory. */
  readonly kind: string
  readonly group: string
  readonly baseType: string
}

export function categoryOf({ kind, group, baseType }: TypeFacts): ColumnShape['category'] {
  if (baseType.endsWith('[]')) return 'array'
  return kinds[kind] ?? named[baseType] ?? grouped[group] ?? 'other'
}

const kinds: Readonly<Record<string, ColumnShape['category']>> = {
  e: 'enum',
  c: 'composite',
  r: 'range',
  m: 'range',
  p: 'other',
}

const named: Readonly<Record<string, ColumnShape['category']>> = {
  json: 'json',
  jsonb: 'json',
  hstore: 'json',
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

/** Fixed-length types such as point have a typelem too; only what prints with brackets is an array. */
const elementOf = `CASE WHEN format_type(t.oid, NULL) LIKE '%[]' THEN t.typelem::bigint
  ELSE coalesce((SELECT r.rngsubtype::bigint FROM pg_range r
                  WHERE r.rngtypid = t.oid OR to_jsonb(r)->>'rngmultitypid' = t.oid::text), 0) END`

const typesSql = `
  WITH RECURSIVE reached(oid) AS (
    SELECT a.atttypid::bigint FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relkind = 'r' AND c.relnamespace = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT next.oid FROM reached JOIN pg_type t ON t.oid = reached.oid CROSS JOIN LATERAL (
      SELECT t.typbasetype::bigint AS oid UNION ALL SELECT ${elementOf}
      UNION ALL SELECT a.atttypid::bigint FROM pg_attribute a
                 WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS next
     WHERE next.oid > 0
  )
  SELECT t.oid, t.typname AS name, format_type(t.oid, NULL) AS label, t.typtype AS kind, t.typcategory AS "group",
    t.typbasetype AS base, t.typtypmod AS modifier, t.typnotnull AS required, (${elementOf})::float8 AS element,
    EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e') AS "ofExtension",
    coalesce((SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                       'oid', a.atttypid::bigint, 'modifier', a.atttypmod) ORDER BY a.attnum)
       FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS fields
  FROM pg_type t WHERE t.oid IN (SELECT oid FROM reached)`
