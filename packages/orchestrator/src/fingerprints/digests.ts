import {
  briefOf,
  folded,
  foldedGram,
  gramBit,
  gramBits,
  intoA,
  intoB,
  isSampled,
  longest,
  shortest,
  stemLength,
  stemOf,
} from './hashes.ts'

/** A digest in words: both hashes, that of the beginning, the bits of its first three grams, label and length. */
export const wordsPerDigest = 6
export const beginningAt = 2
export const gramsAt = 3
export const labelAt = 5
const labelBits = 25
/** Of a word that holds a gram's bit, those that are left hold half of the third one's. */
const restBits = 32 - gramBits

/** How sparse the sample is, in memory that threads share: what has no place in it is not even noted. */
export type SampleBits = Uint32Array

/**
 * Values on their way into the fingerprints, as numbers that a thread can hand to another. The values
 * themselves are never kept.
 */
export class Digests {
  readonly #sampleBits: SampleBits
  #words = new Uint32Array(wordsPerDigest * 256)
  #length = 0

  constructor(sampleBits: SampleBits = new Uint32Array(1)) {
    this.#sampleBits = sampleBits
  }

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
    if (!isSampled(b, this.#sampleBits[0] as number)) return
    if (this.#length === this.#words.length) this.#grow()
    const words = this.#words
    const at = this.#length
    words[at] = a
    words[at + 1] = b
    words[at + beginningAt] = length < stemLength ? briefAt(bytes) : stemAt(bytes)
    const third = gramBit(gramAt(bytes, 2))
    words[at + gramsAt] = gramBit(gramAt(bytes, 0)) | (third << gramBits)
    words[at + gramsAt + 1] = gramBit(gramAt(bytes, 1)) | ((third >>> restBits) << gramBits)
    words[at + labelAt] = (length << labelBits) | label
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

const briefAt = (bytes: Uint8Array) => briefOf(gramAt(bytes, 0), gramAt(bytes, 2))
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

/** Of a value's first three grams, from the two words that stand in a digest. */
export const gramsIn = (first: number, second: number): readonly [number, number, number] => [
  first & (2 ** gramBits - 1),
  second & (2 ** gramBits - 1),
  (first >>> gramBits) | ((second >>> gramBits) << restBits),
]
