const shownCharacters = 30_000

/** A text for a model: of a long one the beginning and the end, and how much is between. */
export function excerpt(text: string): string {
  if (text.length <= shownCharacters) return text
  const half = shownCharacters / 2
  const left = text.length - shownCharacters
  return `${text.slice(0, half)}\n[${left} characters are left out]\n${text.slice(-half)}`
}
