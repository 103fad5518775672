/** Which bytes are exchanged for which, as tables: they are asked for every byte of a value. */
export interface Alphabet {
  /** Byte → how many kin it has, itself among them; 0 where it stays. */
  readonly radices: Uint16Array
  /** Byte → its number among its kin. */
  readonly symbols: Uint8Array
  /** Byte → where in `members` its kin begin. */
  readonly firsts: Uint16Array
  readonly members: Uint8Array
}

/** How many continuations UTF-8 has; no other class is as large. */
export const continuationCount = 64

const digits = range(0x30, 10)
const lower = range(0x61, 26)
const upper = range(0x41, 26)
const continuations = range(0x80, continuationCount)

/** A digit stays a digit, a capital a capital; the low bits of a character outside ASCII change. */
export const byClass = alphabetOf(digits, lower, upper, continuations)
export const everyByte = alphabetOf(range(0, 256))
export const lowerHexadecimal = alphabetOf([...digits, ...lower.slice(0, 6)])
export const upperHexadecimal = alphabetOf([...digits, ...upper.slice(0, 6)])

function alphabetOf(...classes: readonly (readonly number[])[]): Alphabet {
  const radices = new Uint16Array(256)
  const symbols = new Uint8Array(256)
  const firsts = new Uint16Array(256)
  const members: number[] = []
  for (const kin of classes) {
    for (const [symbol, byte] of kin.entries()) {
      radices[byte] = kin.length
      symbols[byte] = symbol
      firsts[byte] = members.length
    }
    members.push(...kin)
  }
  return { radices, symbols, firsts, members: Uint8Array.from(members) }
}

function range(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}
