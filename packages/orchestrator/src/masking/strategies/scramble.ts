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

  constructor(prf: SipHash) {
    this.#cycle = new Cycle(prf)
  }

  write(
    { bytes, start, end }: Slice,
    { alphabet, accept, fixed }: Scrambling,
    out: ByteSink,
  ): void {
    const value = bytes.slice(start, end)
    const places = placesOf(value, alphabet, fixed)
    const radices = places.map((place) => alphabet.radixOf(value[place] as number))
    const symbols = Uint8Array.from(places, (place) => alphabet.symbolOf(value[place] as number))
    const masked = value.slice()
    do {
      this.#cycle.step(symbols, radices)
      for (let index = 0; index < places.length; index++) {
        const place = places[index] as number
        masked[place] = alphabet.byteOf(symbols[index] as number, value[place] as number)
      }
    } while (accept && !accept(masked))
    out.copy(masked, 0, masked.length)
  }
}

function placesOf(
  value: Uint8Array,
  alphabet: Alphabet,
  fixed: Scrambling['fixed'],
): readonly number[] {
  const places: number[] = []
  for (let place = 0; place < value.length; place++) {
    if (alphabet.radixOf(value[place] as number) === 0) continue
    if (alphabet === byClass && boundByLead(value[place - 1])) continue
    if (!fixed?.(place, value)) places.push(place)
  }
  return places
}

/** After these bytes of UTF-8 not every continuation is allowed (RFC 3629, section 4). */
function boundByLead(lead: number | undefined): boolean {
  return lead === 0xe0 || lead === 0xed || lead === 0xf0 || lead === 0xf4
}
