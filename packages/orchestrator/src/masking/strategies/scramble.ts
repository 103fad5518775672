import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Permutation } from '../prf/permutation.ts'
import type { SipHash, Slice } from '../prf/siphash.ts'
import { type Alphabet, continuationCount } from './alphabets.ts'

/** Places count from the start of the value. UTF-8 stays well-formed in any case. */
export interface Scrambling {
  readonly alphabet: Alphabet
  /** Has a 1 at the places that stay. */
  readonly fixed?: Uint8Array | undefined
  /** Keeps one digit within bounds, without a step too many. */
  readonly digit?: DigitBounds | undefined
  /** Stepped on until it holds; it must hold for the value itself. All results do by default. */
  readonly accept?: ((masked: Slice) => boolean) | undefined
}

/** Digits from `least` to `most`; the value’s own must lie between them, and be exchanged at all. */
export interface DigitBounds {
  readonly place: number
  readonly least: number
  readonly most: number
}

/**
 * Exchanges the symbols of a value for others of their kind, as a permutation of all values of the
 * same shape: length, punctuation and classes stay, and different values stay different.
 */
export class Scramble {
  readonly #permutation: Permutation
  readonly #masked: Slice = { bytes: new Uint8Array(), start: 0, end: 0 }
  /** The value’s symbols in their order: how many kin each has, where they begin, where it stands. */
  #symbols = new Uint8Array(64)
  #radices = new Uint16Array(64)
  #firsts = new Uint16Array(64)
  #places = new Uint32Array(64)

  constructor(prf: SipHash) {
    this.#permutation = new Permutation(prf)
  }

  write(value: Slice, scrambling: Scrambling, out: ByteSink): void {
    const { alphabet, accept } = scrambling
    const count = this.#read(value, scrambling)
    const masked = this.#masked
    masked.start = out.length
    out.copy(value.bytes, value.start, value.end)
    masked.end = out.length
    masked.bytes = out.bytes
    do {
      this.#permutation.step(this.#symbols, this.#radices, count)
      this.#replace(alphabet.members, count)
    } while (accept && !accept(masked))
  }

  #replace(members: Uint8Array, count: number): void {
    const { bytes, start } = this.#masked
    const symbols = this.#symbols
    const firsts = this.#firsts
    const places = this.#places
    for (let index = 0; index < count; index++) {
      const member = (firsts[index] as number) + (symbols[index] as number)
      bytes[start + (places[index] as number)] = members[member] as number
    }
  }

  #read({ bytes, start, end }: Slice, { alphabet, fixed, digit }: Scrambling): number {
    const { radices, symbols, firsts } = alphabet
    if (end - start > this.#symbols.length) this.#grow((end - start) * 2)
    let count = 0
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number
      const place = at - start
      const isBounded = digit !== undefined && place === digit.place
      const radix = isBounded ? digit.most - digit.least + 1 : (radices[byte] as number)
      if (radix < 2 || fixed?.[place] === 1) continue
      if (radix === continuationCount && place > 0 && bounds(bytes[at - 1] as number)) continue
      const least = isBounded ? digit.least : 0
      this.#symbols[count] = (symbols[byte] as number) - least
      this.#radices[count] = radix
      this.#firsts[count] = (firsts[byte] as number) + least
      this.#places[count] = place
      count++
    }
    return count
  }

  #grow(capacity: number): void {
    this.#symbols = new Uint8Array(capacity)
    this.#radices = new Uint16Array(capacity)
    this.#firsts = new Uint16Array(capacity)
    this.#places = new Uint32Array(capacity)
  }
}

/** After these bytes of UTF-8 not every continuation is allowed (RFC 3629, section 4). */
function bounds(lead: number): boolean {
  return lead === 0xe0 || lead === 0xed || lead === 0xf0 || lead === 0xf4
}
