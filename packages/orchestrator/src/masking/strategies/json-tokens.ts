import { memberPath } from './json-paths.ts'

/** A value inside a JSON text: a string with its quotes, a number, or a word. */
export interface Leaf {
  readonly kind: 'string' | 'number' | 'word'
  /** As it stands in the text. */
  readonly raw: string
  /** `$.items[*].email`; unusual keys in brackets: `$["first name"]`. */
  readonly path: string
}

export interface Rewriting {
  /** The text to put in a leaf’s place. */
  leaf(leaf: Leaf): string
  /** The text to put in a key’s place, quotes included; `path` is its member’s. */
  key(raw: string, path: string): string
}

const token = /\s+|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/y
/** No document of ours is deeper; a hostile one must not grow our stack of paths without bound. */
const deepest = 1000

interface Level {
  readonly object: boolean
  readonly path: string
  key: string
  expectsKey: boolean
}

/**
 * Rewrites the leaves of a JSON text token by token. Order, duplicate keys, white space and numbers of
 * any length stay as they are. Undefined where the text is not JSON.
 */
export function rewriteJson(text: string, rewriting: Rewriting): string | undefined {
  const levels: Level[] = []
  let out = ''
  let at = 0
  while (at < text.length) {
    token.lastIndex = at
    const raw = token.exec(text)?.[0]
    if (raw === undefined || levels.length > deepest) return undefined
    at = token.lastIndex
    out += rewritten(raw, levels, rewriting)
  }
  return levels.length === 0 ? out : undefined
}

function rewritten(raw: string, levels: Level[], rewriting: Rewriting): string {
  const level = levels.at(-1)
  if (raw === '{' || raw === '[') {
    levels.push({ object: raw === '{', path: pathAt(level), key: '', expectsKey: raw === '{' })
    return raw
  }
  if (raw === '}' || raw === ']') levels.pop()
  if (raw === ',' && level) level.expectsKey = level.object
  if (/^[\s{}[\],:]/.test(raw)) return raw
  if (level?.expectsKey && raw.startsWith('"')) {
    level.key = raw
    level.expectsKey = false
    return rewriting.key(raw, pathAt(level))
  }
  return rewriting.leaf({ kind: kindOf(raw), raw, path: pathAt(level) })
}

function kindOf(raw: string): Leaf['kind'] {
  if (raw.startsWith('"')) return 'string'
  return /^[-\d]/.test(raw) ? 'number' : 'word'
}

function pathAt(level: Level | undefined): string {
  if (!level) return '$'
  return level.object ? memberPath(level.path, unquoted(level.key)) : `${level.path}[*]`
}

/** What a string token stands for; its inside as it is where it is no valid JSON. */
export function unquoted(raw: string): string {
  try {
    return String(JSON.parse(raw))
  } catch {
    return raw.slice(1, -1)
  }
}
