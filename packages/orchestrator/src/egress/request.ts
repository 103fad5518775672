import type { IncomingMessage } from 'node:http'
import { EgressMethod } from '@stuntdouble/sdk/wire'
import { type Authority, authorityOf } from './authority.ts'
import { Refusal } from './denial.ts'
import { usualPort, type Wanted } from './rules.ts'

/**
 * Node’s parser has refused what no two readers agree on: folded and malformed header lines, bare
 * line feeds, two lengths, a length beside chunks. What it lets through and a proxy must not is
 * refused here. The request is then written anew, so that its bytes never reach the other side.
 */
export function wantedBy(request: IncomingMessage, tunnel: Inside | undefined): Wanted {
  onlyPlainHttp(request)
  const { scheme, host, port, path } = tunnel ? insideOf(tunnel, request) : absoluteFormOf(request)
  const asked = onlyHeader(request, 'host')
  const named = asked === undefined ? undefined : authorityOf(asked, usualPort[scheme])
  if (named?.host !== host || named.port !== port) {
    throw new Refusal('malformed', { host, port, scheme })
  }
  const { method = '' } = request
  const want = { scheme, host, port, method, path: path.replace(/\?.*$/, '') }
  if (!EgressMethod.safeParse(method).success) throw new Refusal('method_not_allowed', want)
  return want
}

/** Where a tunnel leads. Its Host is the same, and nothing was sent before the answer. */
export function tunnelTo(request: IncomingMessage, head: Buffer): Authority {
  onlyPlainHttp(request)
  const authority = authorityOf(request.url ?? '')
  if (!authority) throw new Refusal('host_unclear')
  const host = onlyHeader(request, 'host')
  const named = host === undefined ? authority : authorityOf(host, authority.port)
  const isSame = named?.host === authority.host && named.port === authority.port
  const hasBody = ['content-length', 'transfer-encoding'].some((name) => name in request.headers)
  if (!isSame || hasBody || head.length > 0) throw new Refusal('malformed', authority)
  return authority
}

/** The path with its query, as it will be asked for. */
export const pathOf = (request: IncomingMessage) =>
  absolute.exec(request.url ?? '')?.[2] || (request.url?.startsWith('/') ? request.url : '/')

/** A tunnel that is read, and what is in it once TLS is off. */
export interface Inside extends Authority {
  readonly scheme: Wanted['scheme']
}

interface Place extends Inside {
  readonly path: string
}

const absolute = /^http:\/\/([^/?#]*)((?:[/?][^#]*)?)$/i

function absoluteFormOf({ url = '' }: IncomingMessage): Place {
  const [, asked, rest = ''] = absolute.exec(url) ?? []
  if (asked === undefined) throw new Refusal('malformed')
  const authority = authorityOf(asked, 80)
  if (!authority) throw new Refusal('host_unclear')
  return { scheme: 'http', ...authority, path: rest.startsWith('/') ? rest : `/${rest}` }
}

/** Within a tunnel a server is asked, not a proxy. */
function insideOf(tunnel: Inside, { url = '' }: IncomingMessage): Place {
  if (!/^\/[^#]*$/.test(url)) throw new Refusal('malformed', tunnel)
  return { ...tunnel, path: url }
}

function onlyPlainHttp(request: IncomingMessage): void {
  const encoding = onlyHeader(request, 'transfer-encoding')
  const isOdd =
    !/^1\.[01]$/.test(request.httpVersion) ||
    (encoding !== undefined &&
      (encoding.toLowerCase() !== 'chunked' || request.httpVersion === '1.0')) ||
    (onlyHeader(request, 'content-length') !== undefined && encoding !== undefined)
  if (isOdd) throw new Refusal('malformed')
}

/** Node joins or drops what comes twice; a request that depends on which is refused. */
function onlyHeader({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && isNamed(rawHeaders[at - 1], name))
  if (values.length > 1) throw new Refusal('malformed')
  return values[0]
}

const isNamed = (header: string | undefined, name: string) => header?.toLowerCase() === name
