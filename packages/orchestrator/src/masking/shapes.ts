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
    | 'other'
  readonly notNull: boolean
  /** Characters, of varchar(n) and char(n). */
  readonly maxLength: number | null
  /** GENERATED ALWAYS AS (…) STORED: recomputed, never copied. */
  readonly generated: boolean
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
}

export const strategyNames = [
  'keep',
  'null',
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
  'ip',
  'url',
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
