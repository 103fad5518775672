/** Shorter values say too little to be looked for: "Smith" stands in half of all texts. */
export const shortest = 6
/** Longer values are known by their beginning. */
export const longest = 64
/** Where many values begin alike, a second look this far in saves most of the way. */
const stemLength = 12

const multiplierA = 0x9e3779b1
const multiplierB = 0x85ebca6b
const anchorBits = 26
const anchorTopPower = powerOf(multiplierA, shortest - 1)
/** ASCII letters count the same in either case: an e-mail address is found however it was written. */
const folded = Uint8Array.from(
  { length: 256 },
  (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte) + 1,
)

export interface FingerprintOptions {
  /** Distinct values held; beyond it a uniform sample is. 12 to 24 bytes each. */
  readonly capacity: number
}

/** One value's place in the set. Values themselves are never kept. */
export type Entry = number

/**
 * The fingerprints of many values, in bounded memory, and a search for any of them in any bytes.
 * A value is known by two 32-bit polynomial hashes over its first 64 bytes; a rolling hash over the
 * first six finds the places worth a closer look.
 */
export class Fingerprints {
  readonly #capacity: number
  readonly #anchors = new Uint8Array(2 ** (anchorBits - 3))
  readonly #stems = new Uint8Array(2 ** (anchorBits - 3))
  readonly #lengths = new Uint8Array(longest + 1)
  #longest = 0
  #hashA = new Uint32Array(2 ** 12)
  #hashB = new Uint32Array(2 ** 12)
  #labels = new Uint32Array(2 ** 12)
  #counts = new Uint16Array(2 ** 12)
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
    return this.#labels.length
  }

  /** How many of the values held are such as asked for. */
  countWhere(isWanted: (entry: Entry) => boolean): number {
    let count = 0
    for (let entry = 0; entry < this.slots; entry++) {
      if (this.#labels[entry] !== 0 && isWanted(entry)) count++
    }
    return count
  }

  label(entry: Entry): number {
    return (this.#labels[entry] as number) - 1
  }

  /** How often a value was added; stops counting at 65535. */
  count(entry: Entry): number {
    return this.#counts[entry] as number
  }

  /** `label` is a number of the caller's below 2³²−1; the highest one given for a value is kept. */
  add(bytes: Uint8Array, label: number): void {
    const length = Math.min(bytes.length, longest)
    if (length < shortest) return
    let a = 0
    let b = 0
    let anchor = 0
    let stem = 0
    for (let index = 0; index < length; index++) {
      const byte = folded[bytes[index] as number] as number
      a = (Math.imul(a, multiplierA) + byte) | 0
      b = (Math.imul(b, multiplierB) + byte) | 0
      if (index === shortest - 1) anchor = a
      if (index === stemLength - 1) stem = a
    }
    if (!this.#sampled(b)) return
    mark(this.#anchors, anchor)
    if (length > stemLength) mark(this.#stems, stem)
    this.#lengths[length] = 1
    this.#longest = Math.max(this.#longest, length)
    this.#insert(a >>> 0, b >>> 0, label)
  }

  /** Calls `onHit` for every value that stands in `bytes`, where it begins before `limit`. */
  search(bytes: Uint8Array, onHit: (entry: Entry) => void, limit = bytes.length): void {
    if (bytes.length < shortest || this.#size === 0) return
    const last = Math.min(limit, bytes.length - shortest + 1) - 1
    let hash = 0
    for (let index = 0; index < shortest; index++) {
      hash = (Math.imul(hash, multiplierA) + (folded[bytes[index] as number] as number)) | 0
    }
    for (let start = 0; start <= last; start++) {
      if (isMarked(this.#anchors, hash)) this.#look(bytes, start, onHit)
      const leaving = Math.imul(folded[bytes[start] as number] as number, anchorTopPower)
      const entering = folded[bytes[start + shortest] as number] as number
      hash = (Math.imul(hash - leaving, multiplierA) + entering) | 0
    }
  }

  #look(bytes: Uint8Array, start: number, onHit: (entry: Entry) => void): void {
    const length = Math.min(this.#longest, bytes.length - start)
    let a = 0
    let b = 0
    let stem = 0
    for (let index = 0; index < length; index++) {
      const byte = folded[bytes[start + index] as number] as number
      a = (Math.imul(a, multiplierA) + byte) | 0
      b = (Math.imul(b, multiplierB) + byte) | 0
      if (index === stemLength && !isMarked(this.#stems, stem)) return
      stem = a
      if (this.#lengths[index + 1] === 0 || !this.#sampled(b)) continue
      const slot = this.#slotOf(a >>> 0, b >>> 0)
      if (this.#labels[slot] !== 0) onHit(slot)
    }
  }

  #sampled(hash: number): boolean {
    return (hash & ((1 << this.#sampleBits) - 1)) === 0
  }

  #insert(a: number, b: number, label: number): void {
    const slot = this.#slotOf(a, b)
    if (this.#labels[slot] === 0) {
      this.#hashA[slot] = a
      this.#hashB[slot] = b
      this.#size++
    }
    this.#labels[slot] = Math.max(this.#labels[slot] as number, label + 1)
    this.#counts[slot] = Math.min((this.#counts[slot] as number) + 1, 65_535)
    if (this.#size > this.#capacity) this.#thinOut()
    else if (this.#size * 2 > this.slots) this.#rehash(this.slots * 2)
  }

  /** Where the value is, or the free place where it would be. */
  #slotOf(a: number, b: number): Entry {
    const mask = this.slots - 1
    let slot = Math.imul(a ^ (b >>> 15), multiplierB) >>> 7
    for (slot &= mask; this.#labels[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#hashA[slot] === a && this.#hashB[slot] === b) break
    }
    return slot
  }

  /** Which values stay depends on their hashes alone: a value is in the sample wherever it stands. */
  #thinOut(): void {
    this.#sampleBits++
    this.#rehash(this.slots)
  }

  #rehash(slots: number): void {
    const [hashA, hashB, labels, counts] = [this.#hashA, this.#hashB, this.#labels, this.#counts]
    this.#hashA = new Uint32Array(slots)
    this.#hashB = new Uint32Array(slots)
    this.#labels = new Uint32Array(slots)
    this.#counts = new Uint16Array(slots)
    this.#size = 0
    for (let old = 0; old < labels.length; old++) {
      if (labels[old] === 0 || !this.#sampled(hashB[old] as number)) continue
      const slot = this.#slotOf(hashA[old] as number, hashB[old] as number)
      this.#hashA[slot] = hashA[old] as number
      this.#hashB[slot] = hashB[old] as number
      this.#labels[slot] = labels[old] as number
      this.#counts[slot] = counts[old] as number
      this.#size++
    }
  }
}

const bitOf = (hash: number) => Math.imul(hash, multiplierB) >>> (32 - anchorBits)

function mark(bits: Uint8Array, hash: number): void {
  const bit = bitOf(hash)
  bits[bit >>> 3] = (bits[bit >>> 3] as number) | (1 << (bit & 7))
}

function isMarked(bits: Uint8Array, hash: number): boolean {
  const bit = bitOf(hash)
  return ((bits[bit >>> 3] as number) & (1 << (bit & 7))) !== 0
}

function powerOf(base: number, exponent: number): number {
  return exponent === 0 ? 1 : Math.imul(base, powerOf(base, exponent - 1))
}
