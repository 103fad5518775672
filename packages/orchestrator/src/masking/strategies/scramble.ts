import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Cycle } from '../prf/cycle.ts'
import type { SipHash, Slice } from '../prf/siphash.ts'
import { isContinuation, isDigit, isLower, isUpper } from './characters.ts'

/** Which bytes are exchanged, within how many kin, counted from which code. Radix 0 stays. */
export interface Alphabet {
  radixOf(byte: number): number
  symbolOf(byte: number): number
  /** The byte of a symbol, in the place of the byte that stood there. */
  byteOf(symbol: number, original: number): number
}

/** A digit stays a digit, a capital a capital; the low bits of a character outside ASCII change. */
export const byClass: Alphabet = {
  radixOf: (byte) => {
    if (isDigit(byte)) return 10
    if (isLower(byte) || isUpper(byte)) return 26
    return isContinuation(byte) ? 64 : 0
  },
  symbolOf: (byte) => byte - firstOf(byte),
  byteOf: (symbol, original) => symbol + firstOf(original),
}

export const everyByte: Alphabet = {
  radixOf: () => 256,
  symbolOf: (byte) => byte,
  byteOf: (symbol) => symbol,
}

/** `a` is where the letters begin: of lower or of upper case. */
const hexadecimal = (a: number): Alphabet => ({
  radixOf: (byte) => (isDigit(byte) || (byte >= a && byte < a + 6) ? 16 : 0),
  symbolOf: (byte) => (isDigit(byte) ? byte - 0x30 : byte - a + 10),
  byteOf: (symbol) => (symbol < 10 ? symbol + 0x30 : symbol - 10 + a),
})
export const lowerHexadecimal = hexadecimal(0x61)
export const upperHexadecimal = hexadecimal(0x41)

function firstOf(byte: number): number {
  if (isDigit(byte)) return 0x30
  if (isLower(byte)) return 0x61
  return isUpper(byte) ? 0x41 : 0x80
}

export interface Scrambling {
  readonly alphabet: Alphabet
  /** Stepped on until it holds; it must hold for the value itself. All results do by default. */
  readonly accept?: (bytes: Uint8Array) => boolean
  /** Places in the value that stay. UTF-8 stays well-formed in any case. */
  readonly fixed?: (place: number, bytes: Uint8Array) => boolean
}

/**
 * Exchanges the symbols of a value for others of their kind, as a permutation of all values of the
 * same shape: length, punctuation and classes stay, and different values stay different.
 */
export class Scramble {
  readonly #cycle: Cycle
  /** The value’s symbols in their order, how many kin each has, and where it stands. */
  #symbols = new Uint8Array(64)
  #radices = new Uint16Array(64)
  #places = new Uint32Array(64)

  constructor(prf: SipHash) {
    this.#cycle = new Cycle(prf)
  }

  write({ bytes, start, end }: Slice, scrambling: Scrambling, out: ByteSink): void {
    const { alphabet, accept } = scrambling
    const value = bytes.slice(start, end)
    const count = this.#read(value, scrambling)
    const masked = accept ? value.slice() : value
    do {
      this.#cycle.step(this.#symbols, this.#radices, count)
      for (let index = 0; index < count; index++) {
        const place = this.#places[index] as number
        masked[place] = alphabet.byteOf(this.#symbols[index] as number, value[place] as number)
      }
    } while (accept && !accept(masked))
    out.copy(masked, 0, masked.length)
  }

  #read(value: Uint8Array, { alphabet, fixed }: Scrambling): number {
    if (value.length > this.#symbols.length) this.#grow(value.length * 2)
    let count = 0
    for (let place = 0; place < value.length; place++) {
      const byte = value[place] as number
      const radix = alphabet.radixOf(byte)
      if (radix === 0 || fixed?.(place, value)) continue
      if (alphabet === byClass && place > 0 && boundByLead(value[place - 1] as number)) continue
      this.#symbols[count] = alphabet.symbolOf(byte)
      this.#radices[count] = radix
      this.#places[count] = place
      count++
    }
    return count
  }

  #grow(capacity: number): void {
    this.#symbols = new Uint8Array(capacity)
    this.#radices = new Uint16Array(capacity)
    this.#places = new Uint32Array(capacity)
  }
}

/** After these bytes of UTF-8 not every continuation is allowed (RFC 3629, section 4). */
function boundByLead(lead: number): boolean {
  return lead === 0xe0 || lead === 0xed || lead === 0xf0 || lead === 0xf4
}
