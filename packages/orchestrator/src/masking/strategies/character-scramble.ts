import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Permutation } from '../prf/permutation.ts'
import type { SipHash, Slice } from '../prf/siphash.ts'
import type { Folding } from './folding.ts'
import { sliceOf, textOf } from './mask.ts'

/** Characters of one script stand near each other. */
const blockSize = 256
/** Marks that are no text, and what stands for text that was lost. */
const specials = 0xfff0

/**
 * Exchanges characters for others of their kind, as a permutation of all values of one shape, among
 * those that a store tells apart and can hold: different values stay different for it. Takes folded
 * text; what else is among them is left as it is.
 */
export class CharacterScramble {
  readonly #permutation: Permutation
  readonly #folding: Folding
  readonly #kin = new Map<string, readonly string[]>()

  constructor(prf: SipHash, folding: Folding) {
    this.#permutation = new Permutation(prf)
    this.#folding = folding
  }

  /** Bytes do for what is ASCII, where its letters are told apart. */
  isNeededFor({ bytes, start, end }: Slice): boolean {
    if (!this.#folding.tellsAsciiApart) return true
    for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return true
    return false
  }

  write(value: Slice, out: ByteSink): void {
    const characters = Array.from(textOf(value))
    const kin = characters.map((character) => this.#kinOf(character))
    const places = kin.flatMap((all, place) => (all.length > 1 ? [place] : []))
    const kinAt = (place: number) => kin[place] ?? []
    const symbols = Uint8Array.from(places, (place) =>
      kinAt(place).indexOf(characters[place] as string),
    )
    const radices = places.map((place) => kinAt(place).length)
    this.#permutation.step(symbols, radices, places.length)
    for (const [at, place] of places.entries())
      characters[place] = kinAt(place)[symbols[at] as number] as string
    const written = sliceOf(characters.join(''))
    out.copy(written.bytes, written.start, written.end)
  }

  /** With the character itself; nothing for punctuation, and for what is not canonical. */
  #kinOf(character: string): readonly string[] {
    const code = character.codePointAt(0) as number
    const kind = kindOf(character)
    if (kind === undefined || code >> 4 === specials >> 4 || !this.#folding.isCanonical(character))
      return []
    const key = `${kind} ${Math.floor(code / blockSize)}`
    const known = this.#kin.get(key)
    if (known) return known
    const first = code - (code % blockSize)
    const kin = Array.from({ length: blockSize }, (_, at) =>
      String.fromCodePoint(first + at),
    ).filter((each) => kindOf(each) === kind && this.#folding.isCanonical(each))
    this.#kin.set(key, kin)
    return kin
  }
}

type Kind = 'digit' | 'lower' | 'upper' | 'letter' | 'mark'

/** Undefined for what stays: punctuation of ASCII, controls, halves of characters. */
function kindOf(character: string): Kind | undefined {
  if (character < '\x80') {
    if (/[0-9]/.test(character)) return 'digit'
    if (/[a-z]/.test(character)) return 'lower'
    return /[A-Z]/.test(character) ? 'upper' : undefined
  }
  if (/\p{L}/u.test(character)) return 'letter'
  return /[\p{M}\p{N}\p{S}\p{P}]/u.test(character) ? 'mark' : undefined
}
