import { isIPv4, isIPv6 } from 'node:net'

/** Where a request wants to go. `host` is lower case, without a trailing dot; IPv6 in brackets. */
export interface Authority {
  readonly host: string
  readonly port: number
}

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const name = new RegExp(`^(?:${label}\\.)*${label}$`)

/**
 * `host:port` in the one spelling each has. No user, no zone, no trailing dot, no escape, and none of
 * the shapes that some programs take for an IPv4 address and others for a name (`127.1`, `0x7f.1`,
 * `2130706433`): where two readers could differ, it is undefined. Without a default the port must be
 * there.
 */
export function authorityOf(text: string, defaultPort?: number): Authority | undefined {
  const [, asked = '', digits] = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]{1,5}))?$/.exec(text) ?? []
  const host = hostOf(asked)
  const port = digits === undefined ? defaultPort : Number(digits)
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined
  return { host, port }
}

/** A host in its one spelling; undefined where there is none. */
export function hostOf(text: string): string | undefined {
  if (text.startsWith('[')) return bracketed(text)
  const host = text.toLowerCase()
  if (host.length > 253 || !name.test(host)) return undefined
  return endsInNumber(host) && !isIPv4(host) ? undefined : host
}

function bracketed(text: string): string | undefined {
  if (!isIPv6(text.slice(1, -1)) || text.includes('%')) return undefined
  return new URL(`http://${text}`).hostname
}

/** The WHATWG’s rule for what is an IPv4 address, well spelled or not (URL Standard, host parsing). */
const endsInNumber = (host: string) => /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/.test(host)

export const isLiteral = (host: string) => host.startsWith('[') || isIPv4(host)

/** As it is dialled: an IPv6 literal without its brackets. */
export const bare = (host: string) => host.replace(/^\[|\]$/g, '')
