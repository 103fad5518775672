import { connectionHeaders, namedByConnection, type RawHeaders } from '../lib/connection-headers.ts'

export type { RawHeaders }

type Change = (value: string) => string | undefined

const gone: Change = () => undefined

/** By name, in small letters: what becomes of a header’s value; it is dropped where nothing is left. */
export type Changes = ReadonlyMap<string, Change>

export const changes = (
  dropped: readonly string[],
  changed: Readonly<Record<string, Change>> = {},
): Changes =>
  new Map(
    [...connectionHeaders, ...dropped]
      .map((name) => [name, gone] as const)
      .concat(Object.entries(changed)),
  )

/** What is passed on. A header that `Connection` names is not, unless it is the body’s length. */
export function rewritten(raw: RawHeaders, changes: Changes): string[] {
  const kept: string[] = []
  const named = namedByConnection(raw)
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at], raw[at + 1]]
    const key = keyOf(name)
    if (named.has(key) && key !== 'content-length') continue
    const change = changes.get(key)
    const changed = change ? change(value) : value
    if (changed !== undefined) kept.push(name, changed)
  }
  return kept
}

/** Some servers take `X_Forwarded_For` for `X-Forwarded-For`. */
const keyOf = (name: string) => name.toLowerCase().replaceAll('_', '-')
