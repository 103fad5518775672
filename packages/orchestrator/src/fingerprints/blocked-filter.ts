/**
 * A Bloom filter that keeps all bits of a value in one word, so that asking costs memory once (Putze,
 * Sanders and Singler 2007, "Cache-, hash- and space-efficient Bloom filters"). Three bits a value.
 */
export interface BlockedFilter {
  /** A power of two of them, in memory that threads share. */
  readonly words: Uint32Array
  /** A hash's word is its upper bits, shifted down by so many. */
  readonly shift: number
}

/** An empty one with room for so many values, of which each has at least so many bits to itself. */
export function blockedFilter(values: number, bitsPerValue: number): BlockedFilter {
  const size = Math.max(fewestBits, Math.ceil(Math.log2((values * bitsPerValue) / 32)))
  return { words: new Uint32Array(new SharedArrayBuffer(4 << size)), shift: 32 - size }
}

/** Of a word's number. */
const fewestBits = 10

export function mark({ words, shift }: BlockedFilter, hash: number): void {
  const at = hash >>> shift
  words[at] = (words[at] as number) | bitsOf(hash)
}

/** Whether a hash may have been marked: never wrong where it was. */
export const passes = (words: Uint32Array, shift: number, hash: number) =>
  (~(words[hash >>> shift] as number) & bitsOf(hash)) === 0

/** Shifts count modulo 32. */
export const bitsOf = (hash: number) => (1 << hash) | (1 << (hash >>> 5)) | (1 << (hash >>> 10))
