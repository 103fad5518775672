import { type Entry, type Fingerprints, longest } from './fingerprints.ts'

/** Searches bytes that come in pieces: a value cut in two by a piece's end is found as well. */
export class StreamSearch {
  readonly #values: Fingerprints
  readonly #onHit: (entry: Entry) => void
  #rest: Uint8Array = Buffer.alloc(0)

  constructor(values: Fingerprints, onHit: (entry: Entry) => void) {
    this.#values = values
    this.#onHit = onHit
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    // A value that begins near the end may go on in the next piece.
    const limit = Math.max(0, bytes.length - longest + 1)
    this.#values.search(bytes, this.#onHit, limit)
    this.#rest = Buffer.from(bytes.subarray(limit))
  }

  end(): void {
    this.#values.search(this.#rest, this.#onHit)
    this.#rest = Buffer.alloc(0)
  }
}
