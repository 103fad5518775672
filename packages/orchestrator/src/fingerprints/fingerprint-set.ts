import {
  Digests,
  gramBits,
  labelIn,
  lengthIn,
  longest,
  spread,
  stemLength,
  wordsPerDigest,
} from './digests.ts'
import { type Entry, Slots, sharedWords } from './slots.ts'

/**
 * Bits of the filters, as powers of two. 2 MB stay in a core's own cache, where asking costs a fraction
 * of what it costs in memory; 4 MB seldom say yes to what is not there.
 */
export const nearBits = 24
export const farBits = 25
const firstSlots = 2 ** 12
/** Of the slots, in use at most. */
const fullest = 0.75

export interface FingerprintOptions {
  /** Distinct values held; beyond it a uniform sample is. 21 to 43 bytes each. */
  readonly capacity: number
}

/** What a search needs, in memory that threads share. Nothing may be added any more. */
export interface SharedFingerprints {
  /** Of `Slots`. */
  readonly slots: Uint32Array
  readonly grams: Uint32Array
  readonly near: Uint32Array
  readonly short: Uint32Array
  readonly stems: Uint32Array
  readonly ends: Uint32Array
  /** Which lengths there are. */
  readonly lengths: Uint8Array
  readonly sampleBits: number
}

/**
 * The fingerprints of many values, in bounded memory. A value is known by two 32-bit polynomial hashes
 * over its first 64 bytes; filters over four bytes near its beginning, its first six, its first twelve and
 * all of it tell a search where to look.
 */
export class Fingerprints {
  readonly #capacity: number
  readonly #one = new Digests()
  readonly #grams = sharedWords(2 ** (gramBits - 5))
  readonly #near = sharedWords(2 ** (nearBits - 5))
  readonly #short = sharedWords(2 ** (farBits - 5))
  readonly #stems = sharedWords(2 ** (farBits - 5))
  readonly #ends = sharedWords(2 ** (nearBits - 5))
  readonly #lengths = new Uint8Array(new SharedArrayBuffer(longest + 1))
  #slots = Slots.of(firstSlots)
  #size = 0
  #sampleBits = 0

  constructor({ capacity }: FingerprintOptions) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  /** One value in how many is held: 1 until the capacity was reached. */
  get sampledOneIn(): number {
    return 2 ** this.#sampleBits
  }

  /** Room for one flag per entry. */
  get slots(): number {
    return this.#slots.length
  }

  get shared(): SharedFingerprints {
    return {
      ...{ grams: this.#grams, near: this.#near, short: this.#short },
      ...{ stems: this.#stems, ends: this.#ends, lengths: this.#lengths },
      ...{ slots: this.#slots.words, sampleBits: this.#sampleBits },
    }
  }

  /** How many of the values held are such as asked for. */
  countWhere(isWanted: (entry: Entry) => boolean): number {
    let count = 0
    for (let entry = 0; entry < this.slots; entry++) {
      if (!this.#slots.isFree(entry) && isWanted(entry)) count++
    }
    return count
  }

  label(entry: Entry): number {
    return this.#slots.label(entry)
  }

  /** How often a value was added. */
  count(entry: Entry): number {
    return this.#slots.count(entry)
  }

  /** Of the labels given for a value the highest is kept. */
  add(bytes: Uint8Array, label: number): void {
    this.#one.add(bytes, label)
    this.addAll(this.#one.take())
  }

  /** What `Digests` took down, perhaps in another thread. */
  addAll(digests: Uint32Array): void {
    for (let at = 0; at < digests.length; at += wordsPerDigest) {
      const a = digests[at] as number
      const b = digests[at + 1] as number
      if (!isSampled(b, this.#sampleBits)) continue
      if (this.#slots.add(a, b, labelIn(digests[at + 7] as number))) this.#welcome(digests, at)
    }
  }

  /** A value that was not there before: lets searches know where to look, and makes room. */
  #welcome(digests: Uint32Array, at: number): void {
    const length = lengthIn(digests[at + 7] as number)
    const anchor = digests[at + 5] as number
    for (let gram = at + 2; gram < at + 5; gram++) markBit(this.#grams, digests[gram] as number)
    mark(this.#near, anchor, nearBits)
    if (length < stemLength) mark(this.#short, anchor, farBits)
    else mark(this.#stems, digests[at + 6] as number, farBits)
    mark(this.#ends, digests[at] as number, nearBits)
    this.#lengths[length] = 1
    this.#size++
    if (this.#size > this.#capacity) this.#thinOut()
    else if (this.#size > this.slots * fullest) this.#rehash(this.slots * 2)
  }

  /** Which values stay depends on their hashes alone: a value is in the sample wherever it stands. */
  #thinOut(): void {
    this.#sampleBits++
    this.#rehash(this.slots)
  }

  #rehash(length: number): void {
    const old = this.#slots
    this.#slots = Slots.of(length)
    this.#size = this.#slots.takeFrom(old, (b) => isSampled(b, this.#sampleBits))
  }
}

export const isSampled = (hash: number, sampleBits: number) =>
  (hash & ((1 << sampleBits) - 1)) === 0

function mark(filter: Uint32Array, hash: number, size: number): void {
  markBit(filter, spread(hash) >>> (32 - size))
}

function markBit(filter: Uint32Array, bit: number): void {
  filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << (bit & 31))
}
