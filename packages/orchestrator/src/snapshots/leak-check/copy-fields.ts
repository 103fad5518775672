import { backslash, newline, tab } from './row-fields.ts'

/** Called with a field's value; the bytes are only lent. NULL is not reported. */
export type OnField = (column: number, value: Buffer) => void

/** Cuts COPY text format, in any chunking, into the values of the columns asked for. */
export class CopyFields {
  readonly #wanted: readonly boolean[]
  readonly #onField: OnField
  #rest: Buffer = Buffer.alloc(0)
  rows = 0

  constructor(wanted: readonly boolean[], onField: OnField) {
    this.#wanted = wanted
    this.#onField = onField
  }

  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(newline) + 1
    if (end === 0) {
      this.#rest = Buffer.concat([this.#rest, chunk])
      return
    }
    const whole = chunk.subarray(0, end)
    this.#cut(this.#rest.length === 0 ? whole : Buffer.concat([this.#rest, whole]))
    this.#rest = Buffer.from(chunk.subarray(end))
  }

  #cut(bytes: Buffer): void {
    let column = 0
    let start = 0
    let escaped = false
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]
      if (byte === backslash) {
        escaped = true
        index++
        continue
      }
      if (byte !== tab && byte !== newline) continue
      if (this.#wanted[column]) this.#report(column, bytes.subarray(start, index), escaped)
      start = index + 1
      escaped = false
      column = byte === tab ? column + 1 : 0
      if (byte === newline) this.rows++
    }
  }

  #report(column: number, field: Buffer, escaped: boolean): void {
    if (!escaped) this.#onField(column, field)
    else if (!isNull(field)) this.#onField(column, unescaped(field))
  }
}

export const isNull = (field: Buffer) =>
  field.length === 2 && field[0] === backslash && field[1] === 78

/** The escapes that COPY TO writes: https://www.postgresql.org/docs/current/sql-copy.html */
const meaning = new Map(
  Object.entries({ b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }).map(([letter, byte]) => [
    letter.charCodeAt(0),
    byte,
  ]),
)

export function unescaped(field: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(field.length)
  let length = 0
  for (let index = 0; index < field.length; index++) {
    let byte = field[index] as number
    if (byte === backslash) {
      byte = field[++index] as number
      byte = meaning.get(byte) ?? byte
    }
    bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}
