import {
  anchorOf,
  Digests,
  labelIn,
  lengthIn,
  longest,
  secondOf,
  spread,
  stemLength,
  wordsPerDigest,
} from './digests.ts'

/**
 * Bits of each filter, as powers of two. 256 kB and 1 MB stay in a core's own cache, where asking costs a
 * hundredth of what it costs in memory; 8 MB hardly ever say yes to what is not there.
 */
export const gramBits = 21
export const nearBits = 23
export const farBits = 26
const firstSlots = 2 ** 12
/** Of the slots, in use at most. */
const fullest = 0.75

export interface FingerprintOptions {
  /** Distinct values held; beyond it a uniform sample is. 19 to 38 bytes each. */
  readonly capacity: number
}

/** One value's place in the set. Values themselves are never kept. */
export type Entry = number

/** Where fingerprints stand: two hashes and a label a slot, label 0 where it is free. */
export interface Slots {
  readonly hashA: Uint32Array
  readonly hashB: Uint32Array
  readonly labels: Uint32Array
}

/** What a search needs, in memory that threads share. Nothing may be added any more. */
export interface SharedFingerprints {
  readonly slots: Slots
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
  readonly #grams = words(2 ** (gramBits - 5))
  readonly #near = words(2 ** (nearBits - 5))
  readonly #short = words(2 ** (farBits - 5))
  readonly #stems = words(2 ** (farBits - 5))
  readonly #ends = words(2 ** (nearBits - 5))
  readonly #lengths = new Uint8Array(new SharedArrayBuffer(longest + 1))
  #slots = slotsFor(firstSlots)
  #counts = new Uint16Array(firstSlots)
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
    return this.#counts.length
  }

  get shared(): SharedFingerprints {
    return {
      ...{ grams: this.#grams, near: this.#near, short: this.#short },
      ...{ stems: this.#stems, ends: this.#ends, lengths: this.#lengths },
      ...{ slots: this.#slots, sampleBits: this.#sampleBits },
    }
  }

  /** How many of the values held are such as asked for. */
  countWhere(isWanted: (entry: Entry) => boolean): number {
    let count = 0
    for (let entry = 0; entry < this.slots; entry++) {
      if (this.#slots.labels[entry] !== 0 && isWanted(entry)) count++
    }
    return count
  }

  label(entry: Entry): number {
    return (this.#slots.labels[entry] as number) - 1
  }

  /** How often a value was added; stops counting at 65535. */
  count(entry: Entry): number {
    return this.#counts[entry] as number
  }

  /** Of the labels given for a value the highest is kept. */
  add(bytes: Uint8Array, label: number): void {
    this.#one.add(bytes, label)
    this.addAll(this.#one.take())
  }

  /** What `Digests` took down, perhaps in another thread. */
  addAll(digests: Uint32Array): void {
    for (let at = 0; at < digests.length; at += wordsPerDigest) {
      const b = digests[at + 1] as number
      if (!isSampled(b, this.#sampleBits)) continue
      const last = digests[at + 5] as number
      const length = lengthIn(last)
      const first = digests[at + 2] as number
      const third = digests[at + 3] as number
      const anchor = anchorOf(first, third)
      mark(this.#grams, first, gramBits)
      mark(this.#grams, secondOf(first, third), gramBits)
      mark(this.#grams, third, gramBits)
      mark(this.#near, anchor, nearBits)
      if (length < stemLength) mark(this.#short, anchor, farBits)
      else mark(this.#stems, digests[at + 4] as number, farBits)
      mark(this.#ends, digests[at] as number, nearBits)
      this.#lengths[length] = 1
      this.#insert(digests[at] as number, b, labelIn(last))
    }
  }

  #insert(a: number, b: number, label: number): void {
    const { hashA, hashB, labels } = this.#slots
    const slot = slotOf(this.#slots, a, b)
    if (labels[slot] === 0) {
      hashA[slot] = a
      hashB[slot] = b
      this.#size++
    }
    labels[slot] = Math.max(labels[slot] as number, label + 1)
    this.#counts[slot] = Math.min((this.#counts[slot] as number) + 1, 65_535)
    if (this.#size > this.#capacity) this.#thinOut()
    else if (this.#size > this.slots * fullest) this.#rehash(this.slots * 2)
  }

  /** Which values stay depends on their hashes alone: a value is in the sample wherever it stands. */
  #thinOut(): void {
    this.#sampleBits++
    this.#rehash(this.slots)
  }

  #rehash(slots: number): void {
    const { hashA, hashB, labels } = this.#slots
    const counts = this.#counts
    this.#slots = slotsFor(slots)
    this.#counts = new Uint16Array(slots)
    this.#size = 0
    for (let old = 0; old < labels.length; old++) {
      const a = hashA[old] as number
      const b = hashB[old] as number
      if (labels[old] === 0 || !isSampled(b, this.#sampleBits)) continue
      const slot = slotOf(this.#slots, a, b)
      this.#slots.hashA[slot] = a
      this.#slots.hashB[slot] = b
      this.#slots.labels[slot] = labels[old] as number
      this.#counts[slot] = counts[old] as number
      this.#size++
    }
  }
}

const words = (length: number) => new Uint32Array(new SharedArrayBuffer(length * 4))

const slotsFor = (count: number): Slots => ({
  hashA: words(count),
  hashB: words(count),
  labels: words(count),
})

/** Where the value is, or the free place where it would be. */
export function slotOf({ hashA, hashB, labels }: Slots, a: number, b: number): Entry {
  const last = labels.length - 1
  let mixed = spread(a ^ (a >>> 15)) ^ b
  mixed = spread(mixed ^ (mixed >>> 13))
  let slot = (mixed ^ (mixed >>> 16)) & last
  for (; labels[slot] !== 0; slot = (slot + 1) & last) {
    if (hashA[slot] === a && hashB[slot] === b) break
  }
  return slot
}

export const isSampled = (hash: number, sampleBits: number) =>
  (hash & ((1 << sampleBits) - 1)) === 0

function mark(filter: Uint32Array, hash: number, size: number): void {
  const bit = spread(hash) >>> (32 - size)
  filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << (bit & 31))
}
