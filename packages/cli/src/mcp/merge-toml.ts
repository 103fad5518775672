import { isDeepStrictEqual } from 'node:util'
import { parse, stringify, type TomlTable } from 'smol-toml'
import { entryName } from './clients.ts'
import { otherEntry, unreadable } from './merge-errors.ts'
import type { Wanted } from './merge-json.ts'

/**
 * The text with the entry behind it: no writer of TOML keeps comments, so nothing of it is written anew.
 * Throws where an entry of the name says something else.
 */
export function mergeToml(text: string, path: string, { key, entry }: Wanted): string {
  const before = parsed(text, path)
  const servers = tableOf(before[key], path)
  const known = servers[entryName]
  if (known !== undefined) {
    const { command, args } = tableOf(known, path)
    if (isDeepStrictEqual({ command, args }, { ...entry })) return text
    throw otherEntry(path, `[${key}.${entryName}]`)
  }
  const gap = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n'
  const after = `${text}${gap}${stringify({ [key]: { [entryName]: { ...entry } } })}`
  const wanted = { ...before, [key]: { ...servers, [entryName]: { ...entry } } }
  // Such as where the servers stand in one line, which takes no more.
  if (!isDeepStrictEqual(plain(parsed(after, path)), plain(wanted))) throw unreadable(path)
  return after
}

function parsed(text: string, path: string): TomlTable {
  try {
    return parse(text)
  } catch {
    // What it complains of may quote the file.
    throw unreadable(path)
  }
}

function tableOf(value: unknown, path: string): Record<string, unknown> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(path)
  return value as Record<string, unknown>
}

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value))
