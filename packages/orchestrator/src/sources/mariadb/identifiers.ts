import type { TableRef } from '../../masking/masking.ts'

/** Quoted always: a name from a source is never trusted to be plain. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new TypeError('an identifier holds a zero byte')
  return `\`${name.replaceAll('`', '``')}\``
}

export const quoteTable = ({ schema, name }: TableRef) =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`

/** For a session without NO_BACKSLASH_ESCAPES. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new TypeError('a literal holds a zero byte')
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

export const quoteColumns = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ')

export const tableName = ({ schema, name }: TableRef) => `${schema}.${name}`
