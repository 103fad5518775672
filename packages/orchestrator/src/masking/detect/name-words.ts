/** The words of a column's or table's name: `customerFirstName_2` → `customer first name 2`. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
}

/**
 * Whether a term such as `first name` stands in a name, as words in a row or run together. Terms of a
 * dozen languages share few letters, so whole words are compared, never parts of them.
 */
export function mentions(words: readonly string[], term: string): boolean {
  if (` ${words.join(' ')} `.includes(` ${term} `)) return true
  const joined = term.replaceAll(' ', '')
  return words.join('') === joined || (joined.length > 5 && words.includes(joined))
}

/** The word without its plural, roughly: enough to find `customers` in a list that has `customer`. */
export function singular(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  return word.replace(/(?<=\p{L}{3})(?:(?<=[sxz]|[cs]h)es|(?<!s)s)$/u, '')
}
