/** Shorter values say too little to be looked for: "Smith" stands in half of all texts. */
export const shortest = 6
/** Longer values are known by their beginning. */
export const longest = 64
/** Where many values begin alike, a second look this far in saves most of the way. */
export const stemLength = 12

const multiplierA = 0x9e3779b1
const multiplierB = 0x85ebca6b
/** ASCII letters count the same in either case: an e-mail address is found however it was written. */
export const folded = Uint8Array.from(
  { length: 256 },
  (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte) + 1,
)

/** One more byte into either of the two polynomial hashes that a value is known by. */
export const intoA = (hash: number, byte: number) => (Math.imul(hash, multiplierA) + byte) | 0
export const intoB = (hash: number, byte: number) => (Math.imul(hash, multiplierB) + byte) | 0
export const spread = (hash: number) => Math.imul(hash, multiplierB)
/** Of a value's first six bytes, from its first four and the four from its third on. */
export const anchorOf = (first: number, third: number) =>
  (Math.imul(first, multiplierA) + third) | 0

/** A digest in words: both hashes, the first four bytes, the anchor, the hash of the stem, label and length. */
export const wordsPerDigest = 6
const labelBits = 25

/**
 * Values on their way into the fingerprints, as numbers that a thread can hand to another. The values
 * themselves are never kept.
 */
export class Digests {
  #words = new Uint32Array(wordsPerDigest * 256)
  #length = 0

  /** `label` is a number of the caller's below 2²⁵−1. */
  add(bytes: Uint8Array, label: number): void {
    const length = Math.min(bytes.length, longest)
    if (length < shortest) return
    let a = 0
    let b = 0
    let gram = 0
    let first = 0
    let third = 0
    let stem = 0
    for (let index = 0; index < length; index++) {
      const byte = folded[bytes[index] as number] as number
      a = intoA(a, byte)
      b = intoB(b, byte)
      gram = (gram << 8) | byte
      if (index === 3) first = gram
      if (index === shortest - 1) third = gram
      if (index === stemLength - 1) stem = a
    }
    if (this.#length === this.#words.length) this.#grow()
    const words = this.#words
    const at = this.#length
    words[at] = a
    words[at + 1] = b
    words[at + 2] = first
    words[at + 3] = anchorOf(first, third)
    words[at + 4] = stem
    words[at + 5] = (length << labelBits) | label
    this.#length += wordsPerDigest
  }

  /** A copy of what was added; nothing is left afterwards. */
  take(): Uint32Array<ArrayBuffer> {
    const taken = this.#words.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  #grow(): void {
    const larger = new Uint32Array(this.#words.length * 2)
    larger.set(this.#words)
    this.#words = larger
  }
}

export const lengthIn = (word: number) => word >>> labelBits
export const labelIn = (word: number) => word & (2 ** labelBits - 1)
