export const tab = 9
export const newline = 10
export const backslash = 92

/** One field of a row, as it stands in COPY text. */
export interface Field {
  readonly column: number
  readonly start: number
  readonly end: number
}

/** Finds the fields that places in a block of whole rows lie in, asked for from front to back. */
export class RowFields {
  readonly #rows: Uint8Array
  #column = 0
  #start = 0
  #end: number

  constructor(rows: Uint8Array) {
    this.#rows = rows
    this.#end = this.#endFrom(0)
  }

  /** The field that a place lies in. Places that are asked for later lie further on. */
  at(place: number): Field {
    while (this.#end < place) {
      this.#column = this.#rows[this.#end] === tab ? this.#column + 1 : 0
      this.#start = this.#end + 1
      this.#end = this.#endFrom(this.#start)
    }
    return { column: this.#column, start: this.#start, end: this.#end }
  }

  /** A tab or line feed inside a value is escaped. */
  #endFrom(start: number): number {
    const rows = this.#rows
    let at = start
    while (at < rows.length && rows[at] !== tab && rows[at] !== newline) at++
    return at
  }
}
