import { notOneExpression } from './errors.ts'

/** Literals and quoted names, in which anything may stand. */
const quoted =
  /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([\p{L}_][\p{L}\p{N}_]*)?\$.*?\$\1\$/gsu

/**
 * Refuses what could be more than a condition in the statement around it. The operator is trusted: this
 * is against a slip of the hand, such as a second statement pasted along.
 */
export function checkOneExpression(table: string, text: string): void {
  const bare = text.replaceAll(quoted, ' 0 ')
  const refuse = (why: string) => notOneExpression(table, why)
  if (bare.includes(';')) throw refuse('it has a `;`')
  if (/--|\/\*/.test(bare)) throw refuse('it has a comment')
  if (/['"]/.test(bare)) throw refuse('a quote is not closed')
  let depth = 0
  for (const [sign] of bare.matchAll(/[()]/g)) {
    depth += sign === '(' ? 1 : -1
    if (depth < 0) throw refuse('it closes a parenthesis that it did not open')
  }
  if (depth > 0) throw refuse('it opens a parenthesis that it does not close')
}
