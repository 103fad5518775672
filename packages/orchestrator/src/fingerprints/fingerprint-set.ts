import { Digests, type SampleBits, wordsPerDigest } from './digests.ts'
import { isSampled } from './hashes.ts'
import { type LabelledPins, labelled, type Pins } from './pins.ts'
import { type SharedFingerprints, sharedFingerprints } from './shared-fingerprints.ts'
import { type Entry, Slots } from './slots.ts'

const firstSlots = 2 ** 12
/** Of the slots, in use at most. */
const fullest = 0.75

export interface FingerprintOptions {
  /** Distinct values held; beyond it a uniform sample is. 37 to 75 bytes each. */
  readonly capacity: number
  /** Held besides, all of them. */
  readonly pins?: Pins | undefined
  /** Of the first of them; what is added otherwise has a lower one. */
  readonly firstPin?: number
}

/**
 * The fingerprints of many values, in bounded memory. A value is known by two 32-bit polynomial hashes
 * over its first 64 bytes.
 */
export class Fingerprints {
  /** For the threads that take digests. */
  readonly sampleBits: SampleBits = new Uint32Array(new SharedArrayBuffer(4))
  readonly #one = new Digests(this.sampleBits)
  readonly #pins: LabelledPins | undefined
  #slots = Slots.of(firstSlots)
  #size = 0
  #pinned = 0
  /** Of both together. */
  #most = Number.POSITIVE_INFINITY
  #shared: SharedFingerprints | undefined

  constructor({ capacity, pins, firstPin: first = 0 }: FingerprintOptions) {
    this.#pins = pins && { ...pins, first }
    if (this.#pins !== undefined) this.addAll(labelled(this.#pins))
    this.#pinned = this.#size
    this.#most = this.#pinned + capacity
  }

  /** Of values, without the pins. */
  get size(): number {
    return this.#size - this.#pinned
  }

  /** One value in how many is held: 1 until the capacity was reached. */
  get sampledOneIn(): number {
    return 2 ** this.#bits
  }

  /** Room for one flag per entry. */
  get slots(): number {
    return this.#slots.length
  }

  /** For searches; the same until something is added. */
  get shared(): SharedFingerprints {
    this.#shared ??= { ...sharedFingerprints(this.#slots), pins: this.#pins }
    return this.#shared
  }

  /** How many of the values held are such as asked for. */
  countWhere(isWanted: (entry: Entry) => boolean): number {
    let count = 0
    for (const entry of this.#slots.entries()) if (isWanted(entry)) count++
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
    this.#shared = undefined
    for (let at = 0; at < digests.length; at += wordsPerDigest) {
      if (!isSampled(digests[at + 1] as number, this.#bits)) continue
      if (this.#slots.add(digests, at)) this.#welcome()
    }
  }

  get #bits(): number {
    return this.sampleBits[0] as number
  }

  /** Makes room for one more. */
  #welcome(): void {
    this.#size++
    if (this.#size > this.#most) this.#thinOut()
    else if (this.#size > this.slots * fullest) this.#rehash(this.slots * 2)
  }

  /** Which values stay depends on their hashes alone: a value is in the sample wherever it stands. */
  #thinOut(): void {
    this.sampleBits[0] = this.#bits + 1
    this.#rehash(this.slots)
  }

  #rehash(length: number): void {
    const old = this.#slots
    this.#slots = Slots.of(length)
    this.#size = this.#slots.takeFrom(old, this.#bits, this.#pins)
  }
}
