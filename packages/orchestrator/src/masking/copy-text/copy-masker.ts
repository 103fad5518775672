import { SandboxError } from '@stuntdouble/sdk/errors'
import { tableKey } from '../policy/names.ts'
import type { Slice } from '../prf/siphash.ts'
import { ByteSink } from './byte-sink.ts'
import { type Beside, type MaskerRequest, type Treatment, treatmentsOf } from './columns.ts'
import { backslash, escapeFrom, isNull, newline, tab, unescapeInto } from './escapes.ts'

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
  readonly #field: Slice = { bytes: new Uint8Array(), start: 0, end: 0 }
  #rowStart = 0
  /** Where the bytes begin that are kept and not copied yet. */
  #keptFrom = 0
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

  /** What is kept is copied in one piece, from one masked field to the next. */
  #maskRows(rows: Buffer): void {
    this.#field.bytes = rows
    this.#keptFrom = 0
    for (let at = 0; at < rows.length; ) {
      at = this.#maskRow(rows, at)
      this.rows++
    }
    this.#out.copy(rows, this.#keptFrom, rows.length)
  }

  /** Returns where the next row begins. */
  #maskRow(bytes: Buffer, start: number): number {
    const treatments = this.#treatments
    let at = start
    this.#rowStart = start
    for (let column = 0; column <= this.#lastMasked; column++) {
      const end = fieldEnd(bytes, at)
      const last = column === treatments.length - 1
      if (bytes[end] !== (last ? newline : tab)) throw this.#broken('has a row of another width')
      const treatment = treatments[column] as Treatment
      if (treatment !== 'keep') {
        this.#field.start = at
        this.#field.end = end
        this.#maskField(treatment, column)
      }
      at = end + 1
    }
    // A table may have no columns at all; its rows are empty lines.
    const isWhole = this.#lastMasked === Math.max(0, treatments.length - 1)
    return isWhole ? at : lineEnd(bytes, at) + 1
  }

  /** NULL stays NULL and an empty value empty: neither says anything to hide. */
  #maskField(treatment: Exclude<Treatment, 'keep'>, column: number): void {
    const field = this.#field
    if (isNull(field) || field.start === field.end) return
    this.#out.copy(field.bytes, this.#keptFrom, field.start)
    this.#keptFrom = field.end
    const value = this.#decode(field)
    this.#request.onMasked?.(
      this.#request.columns[column] as string,
      value.bytes.subarray(value.start, value.end),
    )
    const from = this.#out.length
    if (treatment === 'null') this.#out.ascii('\\N')
    else {
      if (typeof treatment === 'function') treatment(value, this.#out)
      else treatment.mask(value, this.#beside(treatment), this.#out)
      escapeFrom(from, this.#out)
    }
  }

  /** The fields of the row at hand that a mask looks at, as they stand in the stream; lent. */
  #beside({ places, fields }: Beside): readonly Slice[] {
    for (let index = 0; index < places.length; index++)
      this.#find(places[index] as number, fields[index] as Slice)
    return fields
  }

  #find(place: number, field: Slice): void {
    const { bytes } = this.#field
    let start = this.#rowStart
    for (let column = 0; column < place; column++) {
      const end = fieldEnd(bytes, start)
      if (bytes[end] !== tab) throw this.#broken('has a row of another width')
      start = end + 1
    }
    field.bytes = bytes
    field.start = start
    field.end = fieldEnd(bytes, start)
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
  while (at < bytes.length && !endsField(bytes[at] as number)) at++
  return at
}

/** One comparison for nearly every byte. */
const endsField = (byte: number) => byte <= newline && (byte === newline || byte === tab)

/** How far a loop is sooner at the end of a row than a call into the runtime. */
const shortRow = 128

function lineEnd(bytes: Buffer, from: number): number {
  const most = Math.min(bytes.length, from + shortRow)
  let at = from
  while (at < most && bytes[at] !== newline) at++
  return at < most ? at : bytes.indexOf(newline, at)
}
