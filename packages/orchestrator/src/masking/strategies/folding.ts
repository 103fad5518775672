import type { Collation } from '../shapes.ts'

/** One text for all that a store holds for equal: the canonical one of its class. */
export interface Folding {
  /** Whether values that differ in their bytes may be equal. */
  readonly changes: boolean
  /** Whether a Latin letter counts the same in either case. */
  readonly ignoresCase: boolean
  /** Whether no two of a–z and 0–9 count as one. */
  readonly tellsAsciiApart: boolean
  fold(text: string): string
  /** Whether a character stands for itself, and can be stored. */
  isCanonical(character: string): boolean
}

/** What columns that are joined hold for equal, together. Undefined where nothing but bytes counts. */
export function foldingOf(collations: readonly Collation[]): Folding | undefined {
  if (collations.length === 0) return undefined
  const fold = (text: string) => collations.reduce(foldWith, text)
  const plain = [...letters, ...'0123456789']
  return {
    changes: collations.some(({ counts, padded, blurred }) => counts.size > 0 || padded || blurred),
    ignoresCase: letters.every((letter) =>
      collations.every(({ counts }) => counts.get(letter.toUpperCase()) === letter),
    ),
    tellsAsciiApart: new Set(plain.map(fold)).size === plain.length,
    fold,
    isCanonical: (character) =>
      collations.every((collation) => fits(character, collation)) && fold(character) === character,
  }
}

const letters = [...'abcdefghijklmnopqrstuvwxyz']

const fits = (character: string, { repertoire }: Collation) =>
  repertoire === undefined || character < '\x80' || repertoire.has(character)

/** What characters beyond U+FFFF count as in collations that know none of them. */
const unknown = '\ufffd'

function foldWith(text: string, { counts, padded, blurred }: Collation): string {
  let folded = ''
  for (const character of text)
    folded += counts.get(character) ?? (blurred && character.length > 1 ? unknown : character)
  return padded ? folded.replace(/ +$/, '') : folded
}
