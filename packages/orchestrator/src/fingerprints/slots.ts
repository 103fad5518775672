import { spread } from './digests.ts'

/** One value's place in the set. */
export type Entry = number

/** In words, beside one another so that a look costs memory once: both hashes, label + 1, count. */
const slotLength = 4
const labelAt = 2
const countAt = 3

export const sharedWords = (length: number) => new Uint32Array(new SharedArrayBuffer(length * 4))

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

  static of(length: number): Slots {
    return new Slots(sharedWords(length * slotLength))
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

  isFree(entry: Entry): boolean {
    return this.words[entry * slotLength + labelAt] === 0
  }

  /** Counts a value. Of the labels given for it the highest is kept. True where it is new. */
  add(a: number, b: number, label: number): boolean {
    const words = this.words
    const entry = this.find(a, b)
    const at = entry * slotLength
    const isNew = this.isFree(entry)
    words[at] = a
    words[at + 1] = b
    words[at + labelAt] = Math.max(words[at + labelAt] as number, label + 1)
    words[at + countAt] = (words[at + countAt] as number) + 1
    return isNew
  }

  label(entry: Entry): number {
    return (this.words[entry * slotLength + labelAt] as number) - 1
  }

  count(entry: Entry): number {
    return this.words[entry * slotLength + countAt] as number
  }

  /** Fills an empty table with what of another is wanted. Returns how many values that were. */
  takeFrom({ words }: Slots, isWanted: (b: number) => boolean): number {
    let taken = 0
    for (let at = 0; at < words.length; at += slotLength) {
      const b = words[at + 1] as number
      if (words[at + labelAt] === 0 || !isWanted(b)) continue
      const place = this.find(words[at] as number, b) * slotLength
      for (let word = 0; word < slotLength; word++)
        this.words[place + word] = words[at + word] as number
      taken++
    }
    return taken
  }
}
