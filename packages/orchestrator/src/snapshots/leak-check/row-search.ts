import type { FingerprintSearch } from '../../fingerprints/fingerprints.ts'
import { secretHint } from '../../secrets/secrets.ts'
import type { AnsweredColumn } from './collector.ts'
import { CopyFields, isNull, unescaped } from './copy-fields.ts'
import { fromHex, holdsText, isKept } from './leaves.ts'
import { backslash, type Field, RowFields } from './row-fields.ts'
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
  values: FingerprintSearch,
  columns: readonly AnsweredColumn[],
  rows: Buffer,
): FoundInRows {
  const search = new RowSearch(values, columns)
  const bytes = columns.some(({ shape }) => isBytes(shape))
  if (bytes) search.inFields(rows)
  else search.inBlock(rows)
  return { ...search.found, bytes: rows.length }
}

const isBytes = ({ baseType }: AnsweredColumn['shape']) => baseType === 'bytea'
/** Where in kept text an address or a secret may be. */
const suspicious = new RegExp(`@|${secretHint.source}`, 'g')

class RowSearch {
  readonly #columns: readonly AnsweredColumn[]
  readonly #kept: readonly boolean[]
  readonly #search: FingerprintSearch
  readonly #hits: number[] = []
  readonly #seen = new ShapesSeen()

  constructor(values: FingerprintSearch, columns: readonly AnsweredColumn[]) {
    this.#columns = columns
    this.#kept = columns.map(({ strategy }) => isKept(strategy))
    this.#search = values
  }

  get found(): Pick<FoundInRows, 'hits' | 'shapes'> {
    const shapes = this.#seen.all.map(({ where, what, times }) => ({ column: where, what, times }))
    return { hits: Uint32Array.from(this.#hits), shapes }
  }

  /** Value by value: what bytea holds is written as digits. */
  inFields(rows: Buffer): void {
    const wanted = this.#columns.map(({ shape }) => holdsText(shape))
    const fields = new CopyFields(wanted, (column, field) => {
      const { shape } = this.#columns[column] as AnsweredColumn
      this.#value(column, isBytes(shape) ? fromHex(field) : field)
    })
    fields.push(rows)
  }

  /** As a whole: most rows hold nothing of interest, and fields are only told apart where there is some. */
  inBlock(rows: Buffer): void {
    const fields = new RowFields(rows)
    this.#search.search(rows, (entry, start) => {
      const field = fields.at(start)
      if (!isEscaped(rows, field)) this.#hits.push(field.column, entry)
    })
    this.#escaped(rows)
    if (this.#kept.includes(true)) this.#shapes(rows)
  }

  /** Fields with an escape in them, one at a time, as what they stand for. */
  #escaped(rows: Buffer): void {
    const fields = new RowFields(rows)
    let at = rows.indexOf(backslash)
    while (at !== -1) {
      const { column, start, end } = fields.at(at)
      const field = rows.subarray(start, end)
      if (!isNull(field)) this.#value(column, unescaped(field))
      at = rows.indexOf(backslash, end)
    }
  }

  #shapes(rows: Buffer): void {
    const fields = new RowFields(rows)
    const text = rows.toString('latin1')
    suspicious.lastIndex = 0
    for (let found = suspicious.exec(text); found; found = suspicious.exec(text)) {
      const field = fields.at(found.index)
      const { column, start, end } = field
      const name = this.#columns[column]?.shape.name ?? ''
      if (this.#kept[column] && !isEscaped(rows, field))
        this.#seen.look(name, rows.subarray(start, end))
      suspicious.lastIndex = end
    }
  }

  #value(column: number, value: Uint8Array): void {
    const name = this.#columns[column]?.shape.name ?? ''
    if (this.#kept[column]) this.#seen.look(name, value)
    this.#search.search(value, (entry) => this.#hits.push(column, entry))
  }
}

function isEscaped(rows: Buffer, { start, end }: Field): boolean {
  for (let at = start; at < end; at++) if (rows[at] === backslash) return true
  return false
}
