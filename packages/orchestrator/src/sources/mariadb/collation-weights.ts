/** A character and its weight in hexadecimal digits: alike for all that count as one. */
export interface Weighed {
  readonly code: string
  /** Empty for what does not count. */
  readonly weight: string | null
}

export interface WeighedPair {
  readonly pair: string
  readonly weight: string | null
}

export const characterOf = (code: string) => String.fromCodePoint(Number(code))

/** What each character counts as: the plainest of those that weigh the same, or several that do together. */
export function countsOf(
  rows: readonly Weighed[],
  pairs: readonly WeighedPair[],
): ReadonlyMap<string, string> {
  const byWeight = Map.groupBy(rows, ({ weight }) => weight ?? '')
  const plainest = new Map(
    [...byWeight].map(([weight, alike]) => [
      weight,
      weight === '' ? '' : alike.map(({ code }) => characterOf(code)).reduce(plainer),
    ]),
  )
  // The first of equal pairs: where i and j are one, `ii`.
  const together = new Map(pairs.map(({ pair, weight }) => [weight, pair] as const).reverse())
  const letter = rows.find(({ code }) => code === '97')?.weight?.length ?? 0
  const counts = new Map<string, string>()
  for (const { code, weight } of rows) {
    const character = characterOf(code)
    const several = together.get(weight) ?? severalOf(weight ?? '', letter, plainest)
    const means = several ?? plainest.get(weight ?? '')
    if (means !== undefined && means !== character) counts.set(character, means)
  }
  return counts
}

const plainer = (one: string, other: string) => (rankOf(other) < rankOf(one) ? other : one)

/** Plain ASCII first, then small letters; of equals the first. */
function rankOf(character: string): number {
  const code = character.charCodeAt(0)
  if (code < 0x80 && !/[A-Z]/.test(character)) return code
  return (character === character.toLowerCase() ? 1 : 2) * 0x10000 + code
}

/** Of one letter, at each level of a collation that has several: first of all letters, then of all accents. */
const levelDigits = 4

/** `ß` weighs what two `s` do, where a weight is as long as any letter’s. */
function severalOf(
  weight: string,
  letter: number,
  plainest: ReadonlyMap<string, string>,
): string | undefined {
  const count = weight.length / letter
  if (!Number.isInteger(count) || count < 2) return undefined
  const width = Math.min(letter, levelDigits)
  const starts = Array.from({ length: letter / width }, (_, level) => level * count * width)
  const parts = Array.from({ length: count }, (_, at) =>
    plainest.get(
      starts.map((start) => weight.slice(start + at * width, start + (at + 1) * width)).join(''),
    ),
  )
  return parts.includes(undefined) ? undefined : parts.join('')
}
