import {
  beginningAt,
  gramsAt,
  gramsIn,
  labelAt,
  labelIn,
  lengthIn,
  wordsPerDigest,
} from './digests.ts'
import { isSampled, spread } from './hashes.ts'
import { isPinned, type LabelledPins } from './pins.ts'

/** One value's place in the set. */
export type Entry = number

/** In words, beside one another so that a look costs memory once: a digest, and how often it came. */
const slotLength = wordsPerDigest + 1
const countAt = wordsPerDigest

/**
 * Where fingerprints stand: a hash table in memory that threads share, with open addressing and linear
 * probing. It does not grow by itself.
 */
export class Slots {
  /** For another thread to make a table of. */
  readonly words: Uint32Array
  readonly length: number

  constructor(words: Uint32Array) {
    this.words = words
    this.length = words.length / slotLength
  }

  /** `length` is a power of two. */
  static of(length: number): Slots {
    return new Slots(new Uint32Array(new SharedArrayBuffer(length * slotLength * 4)))
  }

  /** Where the value is, or the free place where it would be. */
  find(a: number, b: number): Entry {
    const words = this.words
    const last = this.length - 1
    let mixed = spread(a ^ (a >>> 15)) ^ b
    mixed = spread(mixed ^ (mixed >>> 13))
    let entry = (mixed ^ (mixed >>> 16)) & last
    for (; !this.isFree(entry); entry = (entry + 1) & last) {
      const at = entry * slotLength
      if (words[at] === a && words[at + 1] === b) break
    }
    return entry
  }

  /** The length that stands with the label is never 0. */
  isFree(entry: Entry): boolean {
    return this.words[entry * slotLength + labelAt] === 0
  }

  /** Counts the value whose digest stands there. Of the labels given for it the highest is kept. True where it is new. */
  add(digests: Uint32Array, from: number): boolean {
    const words = this.words
    const entry = this.find(digests[from] as number, digests[from + 1] as number)
    const at = entry * slotLength
    const isNew = this.isFree(entry)
    const label = Math.max(words[at + labelAt] as number, digests[from + labelAt] as number)
    for (let word = 0; word < labelAt; word++) words[at + word] = digests[from + word] as number
    words[at + labelAt] = label
    words[at + countAt] = (words[at + countAt] as number) + 1
    return isNew
  }

  /** Of the whole value, the first of its two hashes. */
  hash(entry: Entry): number {
    return this.words[entry * slotLength] as number
  }

  beginning(entry: Entry): number {
    return this.words[entry * slotLength + beginningAt] as number
  }

  grams(entry: Entry): readonly [number, number, number] {
    const at = entry * slotLength + gramsAt
    return gramsIn(this.words[at] as number, this.words[at + 1] as number)
  }

  label(entry: Entry): number {
    return labelIn(this.words[entry * slotLength + labelAt] as number)
  }

  valueLength(entry: Entry): number {
    return lengthIn(this.words[entry * slotLength + labelAt] as number)
  }

  count(entry: Entry): number {
    return this.words[entry * slotLength + countAt] as number
  }

  /** Every one in use. */
  *entries(): Generator<Entry> {
    for (let entry = 0; entry < this.length; entry++) if (!this.isFree(entry)) yield entry
  }

  /** Fills an empty table with what of another is in the sample or pinned. Returns how many values that were. */
  takeFrom({ words }: Slots, sampleBits: number, pins: LabelledPins | undefined): number {
    let taken = 0
    for (let at = 0; at < words.length; at += slotLength) {
      const b = words[at + 1] as number
      const label = words[at + labelAt] as number
      if (label === 0 || !(isSampled(b, sampleBits) || isPinned(label, pins))) continue
      const place = this.find(words[at] as number, b) * slotLength
      for (let word = 0; word < slotLength; word++)
        this.words[place + word] = words[at + word] as number
      taken++
    }
    return taken
  }
}
