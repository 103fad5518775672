import { SandboxError } from '@stuntdouble/sdk/errors'
import { tableKey } from '../policy/names.ts'
import type { Slice } from '../prf/siphash.ts'
import { ByteSink } from './byte-sink.ts'
import { type MaskerRequest, type Treatment, treatmentsOf } from './columns.ts'
import { backslash, escapeInto, isNull, newline, tab, unescapeInto } from './escapes.ts'

export type { MaskerRequest } from './columns.ts'

/**
 * Masks one table’s stream in COPY text format. `push` takes bytes in any chunking and returns the
 * masked bytes of the whole rows so far; `end` returns the rest and throws on a torn row.
 * Unmasked columns pass as bytes. Not shared between streams.
 */
export interface CopyMasker {
  push(chunk: Buffer): Buffer<ArrayBuffer>
  end(): Buffer<ArrayBuffer>
  readonly rows: number
}

/** Throws `policy_unanswered` for a column without an answer. */
export function compileMasker(request: MaskerRequest): CopyMasker {
  return new RowMasker(request)
}

class RowMasker implements CopyMasker {
  rows = 0

  readonly #request: MaskerRequest
  readonly #treatments: readonly Treatment[]
  /** Nothing behind it is looked at; -1 where all columns are kept. */
  readonly #lastMasked: number
  readonly #out = new ByteSink(65_536)
  readonly #decoded = new ByteSink()
  readonly #masked = new ByteSink()
  readonly #field: Slice = { bytes: new Uint8Array(), start: 0, end: 0 }
  #rowStart = 0
  /** The row that no chunk has ended yet. */
  #torn: Buffer[] = []

  constructor(request: MaskerRequest) {
    this.#request = request
    this.#treatments = treatmentsOf(request)
    this.#lastMasked = this.#treatments.findLastIndex((treatment) => treatment !== 'keep')
  }

  /** A line feed inside a value is escaped, so each that stands in the stream ends a row. */
  push(chunk: Buffer): Buffer<ArrayBuffer> {
    const whole = chunk.lastIndexOf(newline) + 1
    if (whole > 0) {
      const rows = chunk.subarray(0, whole)
      this.#maskRows(this.#torn.length > 0 ? Buffer.concat([...this.#torn, rows]) : rows)
      this.#torn = []
    }
    if (whole < chunk.length) this.#torn.push(Buffer.from(chunk.subarray(whole)))
    return this.#out.take()
  }

  end(): Buffer<ArrayBuffer> {
    if (this.#torn.length > 0) throw this.#broken('ended in the middle of a row')
    return this.#out.take()
  }

  #maskRows(rows: Buffer): void {
    for (let at = 0; at < rows.length; ) {
      at = this.#maskRow(rows, at)
      this.rows++
    }
  }

  /** Returns where the next row begins. Columns that are kept are copied together with their tabs. */
  #maskRow(bytes: Buffer, start: number): number {
    const treatments = this.#treatments
    let kept = start
    let at = start
    this.#rowStart = start
    for (let column = 0; column <= this.#lastMasked; column++) {
      const end = fieldEnd(bytes, at)
      const last = column === treatments.length - 1
      if (bytes[end] !== (last ? newline : tab)) throw this.#broken('has a row of another width')
      if (treatments[column] !== 'keep') {
        this.#out.copy(bytes, kept, at)
        this.#field.bytes = bytes
        this.#field.start = at
        this.#field.end = end
        this.#maskField(column)
        kept = end
      }
      at = end + 1
    }
    // A table may have no columns at all; its rows are empty lines.
    if (this.#lastMasked < Math.max(0, treatments.length - 1)) at = bytes.indexOf(newline, at) + 1
    this.#out.copy(bytes, kept, at)
    return at
  }

  /** NULL stays NULL and an empty value empty: neither says anything to hide. */
  #maskField(column: number): void {
    const field = this.#field
    if (isNull(field) || field.start === field.end) {
      this.#out.copy(field.bytes, field.start, field.end)
      return
    }
    const value = this.#decode(field)
    this.#request.onMasked?.(
      this.#request.columns[column] as string,
      value.bytes.subarray(value.start, value.end),
    )
    const treatment = this.#treatments[column]
    if (typeof treatment === 'function') {
      this.#masked.clear()
      treatment(value, this.#masked)
      escapeInto({ bytes: this.#masked.bytes, start: 0, end: this.#masked.length }, this.#out)
    } else if (typeof treatment === 'object') {
      this.#masked.clear()
      const beside = treatment.places.map((place) => this.#fieldAt(field.bytes, place))
      treatment.mask(value, beside, this.#masked)
      escapeInto({ bytes: this.#masked.bytes, start: 0, end: this.#masked.length }, this.#out)
    } else {
      this.#out.ascii('\\N')
    }
  }

  /** A field of the row at hand, as it stands in the stream. */
  #fieldAt(bytes: Uint8Array, place: number): Slice {
    let start = this.#rowStart
    for (let column = 0; column < place; column++) {
      const end = fieldEnd(bytes, start)
      if (bytes[end] !== tab) throw this.#broken('has a row of another width')
      start = end + 1
    }
    return { bytes, start, end: fieldEnd(bytes, start) }
  }

  #decode(field: Slice): Slice {
    let at = field.start
    while (at < field.end && field.bytes[at] !== backslash) at++
    if (at === field.end) return field
    this.#decoded.clear()
    unescapeInto(field, this.#decoded)
    return { bytes: this.#decoded.bytes, start: 0, end: this.#decoded.length }
  }

  #broken(what: string): SandboxError {
    const { shape } = this.#request
    return new SandboxError(
      'snapshot_failed',
      `The stream of ${tableKey(shape)} ${what}, after ${this.rows} rows.`,
      {
        hint: 'The source closed its connection early, or it is not COPY text format. Build again.',
      },
    )
  }
}

/** The tab or line feed that ends a field; a tab inside a value is escaped. */
function fieldEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== tab && bytes[at] !== newline) at++
  return at
}
