/** Runs a query on the source’s snapshot. */
export interface Catalog {
  readonly version: number
  /** Oids of the schemas that are copied. */
  readonly schemas: readonly number[]
  /** Whether sequences go on where the source’s stand. */
  readonly exactSequences: boolean
  rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/** One thing to create. Dependencies come from pg_depend and from `needs`. */
export interface SchemaObject {
  /** `catalog:oid`, such as `pg_class:16402`, as pg_depend names it. */
  readonly key: string
  readonly rank: number
  /** Such as `table public.customer`. */
  readonly what: string
  readonly sql: readonly string[]
  readonly needs?: readonly string[]
  /** Must be made by the build’s superuser: never anything whose text the source wrote. */
  readonly privileged?: true
}

/** Something that does not come along. What depends on it cannot either. */
export interface LeftOut {
  readonly key: string
  readonly what: string
  readonly why: string
}

export interface Collected {
  readonly objects: readonly SchemaObject[]
  readonly leftOut?: readonly LeftOut[]
}

export type Collector = (catalog: Catalog) => Promise<Collected>

/** The order among things that do not depend on each other; from `view` on, after the data. */
export const ranks = {
  role: 0,
  schema: 1,
  extension: 2,
  collation: 3,
  type: 4,
  function: 5,
  aggregate: 6,
  domainCheck: 7,
  sequence: 8,
  table: 9,
  attach: 10,
  ownership: 11,
  default: 12,
  vectorTrigger: 13,
  view: 14,
  key: 15,
  check: 16,
  index: 17,
  indexAttach: 18,
  position: 19,
  foreignKey: 20,
  statistics: 21,
  trigger: 22,
  rule: 23,
  policy: 24,
  refresh: 25,
  rowSecurity: 26,
} as const

export const isLate = ({ rank }: SchemaObject) => rank >= ranks.view

/** Tables, and what makes them take and keep their rows, are never quietly left out. */
export const isEssential = ({ rank }: SchemaObject) => rank === ranks.table || rank === ranks.attach

/** SQL: whether an object is no member of an extension. */
export const ownedByUser = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`
