/** What every stream may keep, whatever others keep already. */
export const leastBytes = 16 * 1024
const mostBytes = 1024 ** 2

export interface Slice {
  readonly bytes: Buffer
  /** Where `bytes` begins in all that was ever written. */
  readonly offset: number
  /** How many bytes before `offset` were asked for and are gone. */
  readonly dropped: number
}

/**
 * The last bytes of a stream, by their offset in the whole of it. Grows to a mebibyte as far as `grant`
 * gives it room; then the oldest make way.
 */
export class Ring {
  #store = Buffer.alloc(0)
  #from = 0
  #to = 0
  readonly #grant: (bytes: number) => number

  constructor(grant: (bytes: number) => number) {
    this.#grant = grant
  }

  /** The oldest byte that is kept. */
  get from(): number {
    return this.#from
  }

  /** How many were ever written. */
  get to(): number {
    return this.#to
  }

  /** The offset below which everything is lost when so many more are written. */
  lostBelow(bytes: number): number {
    this.#growFor(this.#to - this.#from + bytes)
    return Math.max(this.#from, this.#to + bytes - this.#store.length)
  }

  append(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += leastBytes)
      this.#write(bytes.subarray(at, at + leastBytes))
  }

  /** Of what is kept at `offset` and behind it, `limit` bytes at most, as a copy. */
  read(offset: number, limit: number): Slice {
    const start = Math.min(Math.max(offset, this.#from), this.#to)
    const bytes = Buffer.alloc(Math.min(limit, this.#to - start))
    const at = this.#placeOf(start)
    const first = this.#store.copy(bytes, 0, at, at + bytes.length)
    this.#store.copy(bytes, first, 0, bytes.length - first)
    return { bytes, offset: start, dropped: Math.max(0, start - offset) }
  }

  #write(bytes: Buffer): void {
    this.#from = this.lostBelow(bytes.length)
    const first = bytes.copy(this.#store, this.#placeOf(this.#to))
    bytes.copy(this.#store, 0, first)
    this.#to += bytes.length
  }

  #placeOf(offset: number): number {
    return this.#store.length === 0 ? 0 : offset % this.#store.length
  }

  #growFor(bytes: number): void {
    if (bytes <= this.#store.length || this.#store.length >= mostBytes) return
    let wanted = Math.max(leastBytes, this.#store.length)
    while (wanted < Math.min(bytes, mostBytes)) wanted *= 2
    const free = this.#store.length === 0 ? leastBytes : 0
    const size = this.#store.length + free
    this.#resize(size + this.#grant(wanted - size))
  }

  #resize(size: number): void {
    if (size === this.#store.length) return
    const { bytes } = this.read(this.#from, this.#to - this.#from)
    this.#store = Buffer.alloc(size)
    const first = bytes.copy(this.#store, this.#placeOf(this.#from))
    bytes.copy(this.#store, 0, first)
  }
}
