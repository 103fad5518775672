import { applyEdits, modify, type ParseError, parse } from 'jsonc-parser'
import { type Entry, entryName } from './clients.ts'
import { unreadable } from './merge-errors.ts'

/** The text with the entry in it. Comments, order, and what else the entry says stay as they are. */
export function mergeJson(text: string, path: string, { key, entry }: Wanted): string {
  const errors: ParseError[] = []
  const whole: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  if (errors.length > 0 || !isTable(whole ?? {})) throw unreadable(path)
  const servers = (whole as Record<string, unknown> | undefined)?.[key] ?? {}
  if (!isTable(servers) || !isTable(servers[entryName] ?? {})) throw unreadable(path)

  const formattingOptions = { insertSpaces: !/^\t/m.test(text), tabSize: 2 }
  const start = text.trim() === '' ? '{}\n' : text
  return Object.entries(entry).reduce((so, [name, value]) => {
    if (isSame((servers[entryName] as Record<string, unknown> | undefined)?.[name], value))
      return so
    return applyEdits(so, modify(so, [key, entryName, name], value, { formattingOptions }))
  }, start)
}

export interface Wanted {
  readonly key: string
  readonly entry: Entry
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
