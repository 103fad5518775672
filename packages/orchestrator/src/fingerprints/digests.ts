/** Shorter values say too little to be looked for: "Smith" stands in half of all texts. */
export const shortest = 6
/** Longer values are known by their beginning. */
export const longest = 64
/** Where many values begin alike, their first twelve bytes tell most of them apart. */
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

/**
 * Four bytes as they stand, first byte lowest, folded as a whole: coarser than byte by byte, which is no
 * harm to a filter, and as quick as one.
 */
export const foldedGram = (four: number) => four | 0x20202020
/** Of a value's first six bytes, from the four at its beginning and the four from its third on. */
export const anchorOf = (first: number, third: number) =>
  (Math.imul(first, multiplierA) + third) | 0
/** Of a value's first twelve bytes, from the four at its beginning, in the middle and at the end of them. */
export const stemOf = (first: number, fifth: number, ninth: number) =>
  (Math.imul((Math.imul(first, multiplierA) + fifth) | 0, multiplierA) + ninth) | 0

/** Bits of the filter of grams, as a power of two: 256 kB stay in a core's own cache. */
export const gramBits = 21
/** Which of them a gram is. */
export const gramBit = (gram: number) => spread(gram) >>> (32 - gramBits)

/**
 * A digest in words: both hashes, the bits of its first three grams, the anchor, the stem if it has one,
 * label and length.
 */
export const wordsPerDigest = 8
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
    for (let index = 0; index < length; index++) {
      const byte = folded[bytes[index] as number] as number
      a = intoA(a, byte)
      b = intoB(b, byte)
    }
    if (this.#length === this.#words.length) this.#grow()
    const words = this.#words
    const at = this.#length
    words[at] = a
    words[at + 1] = b
    words[at + 2] = gramBit(gramAt(bytes, 0))
    words[at + 3] = gramBit(gramAt(bytes, 1))
    words[at + 4] = gramBit(gramAt(bytes, 2))
    words[at + 5] = anchorOf(gramAt(bytes, 0), gramAt(bytes, 2))
    words[at + 6] = length < stemLength ? 0 : stemAt(bytes)
    words[at + 7] = (length << labelBits) | label
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

const stemAt = (bytes: Uint8Array) => stemOf(gramAt(bytes, 0), gramAt(bytes, 4), gramAt(bytes, 8))

const gramAt = (bytes: Uint8Array, at: number) =>
  foldedGram(
    (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24),
  )

export const lengthIn = (word: number) => word >>> labelBits
export const labelIn = (word: number) => word & (2 ** labelBits - 1)
