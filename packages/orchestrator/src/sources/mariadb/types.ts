import type { ColumnShape } from '../../masking/masking.ts'

/** How a column's value becomes COPY text and back: as its characters, in hex, or as a number. */
export type Form = 'text' | 'hex' | 'bits'

interface Known {
  /** The name masking knows the type by. */
  readonly baseType: string
  readonly category: ColumnShape['category']
  readonly form: Form
}

const known = (baseType: string, category: Known['category'], form: Form = 'text'): Known => ({
  ...{ baseType, category, form },
})

const text = known('text', 'string')
const varchar = known('character varying', 'string')
const bytes = known('bytea', 'binary', 'hex')
const geometry = known('geometry', 'other', 'hex')
const address = known('inet', 'network')

const types: Readonly<Record<string, Known>> = {
  tinyint: known('int1', 'number'),
  smallint: known('int2', 'number'),
  mediumint: known('int3', 'number'),
  int: known('int4', 'number'),
  bigint: known('int8', 'number'),
  decimal: known('numeric', 'number'),
  float: known('real', 'number'),
  double: known('double precision', 'number'),
  bit: known('bit', 'other', 'bits'),
  year: known('year', 'other'),
  date: known('date', 'datetime'),
  time: known('time without time zone', 'datetime'),
  datetime: known('timestamp without time zone', 'datetime'),
  timestamp: known('timestamp with time zone', 'datetime'),
  // The server takes the blanks behind a char away by itself.
  char: varchar,
  varchar,
  tinytext: text,
  text,
  mediumtext: text,
  longtext: text,
  binary: bytes,
  varbinary: bytes,
  tinyblob: bytes,
  blob: bytes,
  mediumblob: bytes,
  longblob: bytes,
  enum: known('enum', 'enum'),
  set: known('set', 'enum'),
  uuid: known('uuid', 'uuid'),
  inet4: address,
  inet6: address,
  point: geometry,
  linestring: geometry,
  polygon: geometry,
  multipoint: geometry,
  multilinestring: geometry,
  multipolygon: geometry,
  geometrycollection: geometry,
  geometry,
}

/** Undefined for a type that came after this was written: it stops the build before it starts. */
export const knownType = (dataType: string): Known | undefined =>
  Object.hasOwn(types, dataType) ? types[dataType] : undefined

/** JSON is a name for long text with a check. */
export const json = known('json', 'json')

/** A float is printed with six digits; as a double it is printed whole. */
export const selected = (quoted: string, dataType: string) =>
  dataType === 'float' ? `CAST(${quoted} AS DOUBLE)` : quoted
