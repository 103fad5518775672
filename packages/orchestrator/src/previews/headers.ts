/** Names and values in turn, as they came. */
export type RawHeaders = readonly string[]

/** What belongs to one connection and not to the message (RFC 9110, 7.6.1), and what is written anew. */
const ofTheConnection = [
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const

type Change = (value: string) => string | undefined

const gone: Change = () => undefined

/** By name, in small letters: what becomes of a header’s value; it is dropped where nothing is left. */
export type Changes = ReadonlyMap<string, Change>

export const changes = (
  dropped: readonly string[],
  changed: Readonly<Record<string, Change>> = {},
): Changes =>
  new Map(
    [...ofTheConnection, ...dropped]
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

const none: ReadonlySet<string> = new Set()

function namedByConnection(raw: RawHeaders): ReadonlySet<string> {
  let named: Set<string> | undefined
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const value = raw[at + 1] ?? ''
    if (raw[at]?.toLowerCase() !== 'connection' || /^(?:keep-alive|close)$/i.test(value)) continue
    named ??= new Set()
    for (const token of value.split(',')) named.add(token.trim().toLowerCase())
  }
  return named ?? none
}
