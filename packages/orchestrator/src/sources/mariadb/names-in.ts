/** A quoted name, or a literal in which none can stand. */
const tokens = /`((?:[^`]|``)+)`|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/gs

/** Every column that an expression names, as the server prints it: each name in backticks. */
export function namesIn(expression: string, columns: readonly string[]): string[] {
  const named = new Set(
    Array.from(expression.matchAll(tokens), ([, name]) => name?.replaceAll('``', '`')),
  )
  return columns.filter((column) => named.has(column))
}

/** Nothing of it can be taken for what it is not; names stay. */
export const withoutLiterals = (definition: string) =>
  definition.replaceAll(tokens, (token) => (token.startsWith('`') ? token : "''"))
