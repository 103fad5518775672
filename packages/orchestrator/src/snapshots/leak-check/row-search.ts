import type { AnsweredColumn } from './collector.ts'
import { CopyFields } from './copy-fields.ts'
import { FingerprintSearch } from './fingerprint-search.ts'
import type { SharedFingerprints } from './fingerprints.ts'
import { fromHex, holdsText, isKept } from './leaves.ts'
import { ShapesSeen } from './shapes-seen.ts'

export interface FoundInRows {
  /** Pairs of a column's place and an entry, for every value found. */
  readonly hits: Uint32Array<ArrayBuffer>
  /** What looks like a person or a secret in columns that come through as they were. */
  readonly shapes: readonly {
    readonly column: string
    readonly what: string
    readonly times: number
  }[]
  /** That were searched. */
  readonly bytes: number
}

/** Looks for fingerprinted values in a table's whole rows, as they stand in the copy. */
export function searchRows(
  values: SharedFingerprints,
  columns: readonly AnsweredColumn[],
  rows: Buffer,
): FoundInRows {
  const search = new FingerprintSearch(values)
  const hits: number[] = []
  const seen = new ShapesSeen()
  const searched = columns.map(({ shape, strategy }) => ({
    name: shape.name,
    isBytes: shape.baseType === 'bytea',
    kept: isKept(strategy),
  }))
  const wanted = columns.map(({ shape }) => holdsText(shape))
  const fields = new CopyFields(wanted, (column, field) => {
    const { name, isBytes, kept } = searched[column] as (typeof searched)[number]
    const value = isBytes ? fromHex(field) : field
    if (kept) seen.look(name, value)
    search.search(value, (entry) => hits.push(column, entry))
  })
  fields.push(rows)
  const shapes = seen.all.map(({ where, what, times }) => ({ column: where, what, times }))
  return { hits: Uint32Array.from(hits), shapes, bytes: rows.length }
}
