/** Shorter values say too little to be looked for: "Smith" stands in half of all texts. */
export const shortest = 6
/** Longer values are known by their beginning. */
export const longest = 64
/** Values that are at least as long are looked for by so many of their first bytes, which tell most apart. */
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
/** Of the number of a gram's bit, in a filter of 256 kB: a core's own cache holds it. */
export const gramBits = 21
export const gramBit = (gram: number) => spread(gram) >>> (32 - gramBits)
/** Of a value's first six bytes, from the four at its beginning and the four from its third on. */
export const briefOf = (first: number, third: number) => mixed(into(first, third))
/** Of a value's first twelve bytes, from the four at its beginning, in the middle and at the end of them. */
export const stemOf = (first: number, fifth: number, ninth: number) =>
  mixed(into(into(first, fifth), ninth))
/** Unlike the hash it is made from: what one filter lets through, another one stops. */
export const again = (hash: number) => mixed(Math.imul(hash, multiplierA))

const into = (hash: number, gram: number) => (Math.imul(hash, multiplierA) + gram) | 0
const mixed = (hash: number) => spread(hash ^ (hash >>> 15))

/** By which of its hashes a value is in the sample, wherever it stands. */
export const isSampled = (b: number, sampleBits: number) => (b & ((1 << sampleBits) - 1)) === 0
