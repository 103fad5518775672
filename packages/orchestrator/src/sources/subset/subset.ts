import type { ColumnRef, TableRef } from '../../masking/masking.ts'

/** What of a source is copied, as the operator asks for it. */
export interface Subset {
  readonly roots: readonly Root[]
  readonly whole: readonly TableRef[]
  readonly empty: readonly TableRef[]
  /** What becomes of tables that nothing leads to. */
  readonly rest: 'empty' | 'whole'
  /** How many references down from a root rows that refer to it are followed. */
  readonly depth: number
  /** Of the rows that refer to one row by one reference; all when left out. */
  readonly perParent?: number | undefined
  /** References that no foreign key declares. */
  readonly likeness: readonly Likeness[]
}

/** At least one of `where`, `sample` and `limit`; all that are given hold. */
export interface Root {
  readonly table: TableRef
  /** An expression in the source’s own language, typed by the operator. */
  readonly where?: string | undefined
  /** 0…100, by a hash of the key. */
  readonly samplePercent?: number | undefined
  /** Rows at most, the first by a hash of the key. */
  readonly limit?: number | undefined
}

export interface Likeness {
  readonly from: ColumnRef
  readonly to: ColumnRef
}

/**
 * Rows that refer to other rows. Tables are those with rows of their own, by `tableKey`: of a
 * partitioned one its partitions.
 */
export interface Reference {
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** What the two sides are called where a person reads. */
  readonly fromName: string
  readonly toName: string
  /** Whether a row refers to one row at most. */
  readonly single: boolean
}

/** The tables of a source, and what refers to what. */
export interface Graph<Ref extends Reference = Reference> {
  readonly tables: readonly string[]
  readonly references: readonly Ref[]
  /** The tables that hold the rows of what has this name; none where there is no such thing. */
  leavesOf(table: TableRef): readonly string[]
}

/** Rows of a table, by whatever numbers them there: on the snapshot that is read, never later. */
export interface Found {
  readonly table: string
  readonly rows: Float64Array
  /** How many more there were that a limit left out. */
  readonly cut?: number
}

export interface Rows {
  readonly table: string
  readonly rows: Float64Array | 'all'
  /** They were come to by this reference, from rows that they refer to by it. */
  readonly by?: Reference
}

/** A table that was to be empty, and what refers to rows of it. */
export interface Missing {
  readonly table: string
  readonly neededBy: string
}

/** Finds rows in a store. Values of keys stay in the store. */
export interface RowFinder<Ref extends Reference = Reference> {
  roots(root: Root): Promise<readonly Found[]>
  /** Those of `into` that the given rows refer to; every one of them. */
  parents(reference: Ref, rows: Rows, into: readonly string[]): Promise<readonly Found[]>
  /** Those of `into` that refer to the given rows; of each of these no more than `perParent`. */
  children(reference: Ref, rows: Rows, into: readonly string[]): Promise<readonly Found[]>
}
