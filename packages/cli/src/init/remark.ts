import { printableName } from '../output/printable.ts'

const mostCharacters = 80

/**
 * What a repository wrote, as it may stand in a comment of ours and on a terminal: one line, bounded,
 * and nothing in it that ends the comment or that a terminal obeys.
 */
export function remark(text: string): string {
  const shown = printableName(text.slice(0, mostCharacters + 1).toWellFormed())
  return text.length > mostCharacters ? `${shown.slice(0, mostCharacters)}…` : shown
}

/** The first few of many, each made safe. */
export function remarks(texts: readonly string[], most: number): string {
  const shown = texts.slice(0, most).map(remark).join(', ')
  return texts.length > most ? `${shown} and ${texts.length - most} more` : shown
}
