/** Names and values in turn, as Node has them raw. */
export type RawHeaders = readonly string[]

/** What belongs to one connection and not to the message (RFC 9110, 7.6.1), and what is written anew. */
export const connectionHeaders: readonly string[] = [
  ...['connection', 'expect', 'http2-settings', 'keep-alive', 'te', 'trailer', 'upgrade'],
  ...['proxy-authenticate', 'proxy-authentication-info', 'proxy-authorization'],
  ...['proxy-connection', 'transfer-encoding'],
]

const none: ReadonlySet<string> = new Set()

/** What the sender says belongs to its connection as well, in small letters. */
export function namedByConnection(raw: RawHeaders): ReadonlySet<string> {
  let named: Set<string> | undefined
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const value = raw[at + 1] ?? ''
    if (raw[at]?.toLowerCase() !== 'connection' || /^(?:keep-alive|close)$/i.test(value)) continue
    named ??= new Set()
    for (const token of value.split(',')) named.add(token.trim().toLowerCase())
  }
  return named ?? none
}
