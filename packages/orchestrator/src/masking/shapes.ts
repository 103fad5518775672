/** What masking knows of a source: names, types and keys. Types alone, so that every part may read them. */

export interface TableRef {
  readonly schema: string
  readonly name: string
}

export interface TableShape extends TableRef {
  readonly columns: readonly ColumnShape[]
  /** Column names of every unique index and primary key without an expression. */
  readonly uniques: readonly (readonly string[])[]
  readonly foreignKeys: readonly ForeignKeyShape[]
  readonly estimatedRows: number
  /** Unique indexes that compare in a way of their own, and exclusion constraints. */
  readonly rules?: readonly DistinctRule[]
  /** Of a partition: the table that its rows are written to and read from. */
  readonly partitionOf?: Partitioned
}

/** A promise that no two rows are alike, beyond `uniques`. */
export interface DistinctRule {
  readonly name: string
  /** Columns compared for equality; `folded` where their case does not count. */
  readonly equal: readonly { readonly column: string; readonly folded: boolean }[]
  /** Columns looked at in another way: inside an expression, a predicate, or by an operator. */
  readonly opaque: readonly string[]
  /** Columns of which it matters only whether they are NULL. */
  readonly nullness: readonly string[]
}

/** The topmost of the tables that a partition belongs to. */
export interface Partitioned extends TableRef {
  /** Columns that decide where a row goes, at any level. */
  readonly key: readonly string[]
  /** Whether every row finds a partition, whatever its key. */
  readonly total: boolean
}

export interface ColumnShape {
  readonly name: string
  /** As `format_type` prints it, such as `character varying(40)` or `public.mpaa_rating`. */
  readonly type: string
  /** The type below any domain, without modifier: `text`, `integer`, `uuid`, `jsonb`, … Arrays end in `[]`. */
  readonly baseType: string
  readonly category:
    | 'string'
    | 'number'
    | 'boolean'
    | 'datetime'
    | 'enum'
    | 'json'
    | 'binary'
    | 'network'
    | 'uuid'
    | 'array'
    | 'composite'
    | 'range'
    | 'other'
  readonly notNull: boolean
  /** Characters, of varchar(n) and char(n). */
  readonly maxLength: number | null
  /** GENERATED ALWAYS AS (…), or kept up by a trigger of the server’s own: recomputed, never copied. */
  readonly generated: boolean
  /** What an array holds, or a range reaches over; below any domain. */
  readonly element?: ColumnShape
  /** What a composite consists of, in order. */
  readonly fields?: readonly ColumnShape[]
  /** How its values are compared, where that is not byte by byte. */
  readonly collation?: Collation
  /** Whether a key of the table compares them. */
  readonly keyed?: boolean
}

/** Which values a store holds for equal, and which it can hold at all. Data alone: it crosses threads. */
export interface Collation {
  /** What a character counts as, where it is not itself; `''` where it does not count. */
  readonly counts: ReadonlyMap<string, string>
  /** Whether blanks behind a value do not count. */
  readonly padded: boolean
  /** Whether all characters beyond U+FFFF count as one. */
  readonly blurred: boolean
  /** The characters beyond ASCII that fit into the column; all of them where it is left out. */
  readonly repertoire?: ReadonlySet<string>
}

export interface ForeignKeyShape {
  readonly columns: readonly string[]
  readonly target: TableRef
  readonly targetColumns: readonly string[]
}

/** How one column is answered for: `keep`, `email`, `{ json: { '$.phone': 'phone' } }` … */
export type Strategy = {
  readonly name: StrategyName
  readonly paths?: Readonly<Record<string, StrategyName>>
  /** Columns that hold the same values, though no foreign key says so. */
  readonly like?: readonly ColumnRef[]
  /** Of a date: the column of the row by whose value all such dates move alike. */
  readonly shiftBy?: string
}

export interface ColumnRef {
  readonly table: TableRef
  readonly column: string
}

/** Those that write words; only a column of characters takes them. */
export const wordings = [
  'email',
  'first_name',
  'last_name',
  'full_name',
  'username',
  'company',
  'phone',
  'address',
  'city',
  'postcode',
  'url',
] as const

export const strategyNames = [
  'keep',
  'null',
  ...wordings,
  'ip',
  'uuid',
  'date',
  'number',
  'text',
  'secret',
  'bytes',
  'enum',
  'json',
] as const
export type StrategyName = (typeof strategyNames)[number]

/** `tableKey` → column → strategy. */
export type Policy = Readonly<Record<string, Readonly<Record<string, Strategy>>>>

export interface ProposedAnswer {
  readonly table: TableRef
  readonly column: string
  readonly strategy: Strategy
  /** Why, in words, without a value. */
  readonly reason: string
  /** 0…1 */
  readonly confidence: number
  /** A person should look. */
  readonly unsure: boolean
}

/**
 * `tableKey` → for each column, in the shape’s order, up to some hundred values in COPY text form
 * without escapes; null for NULL. Never stored.
 */
export type Samples = ReadonlyMap<string, readonly (readonly (string | null)[])[]>
