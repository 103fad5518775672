import { isOurToken } from '../capabilities/capabilities.ts'
import { isOurCookie } from './cookie.ts'
import { tokenHeader, trafficHeader } from './credentials.ts'
import { changes, type RawHeaders, rewritten } from './headers.ts'

/** How a request came, for those inside who ask. */
export interface Caller {
  /** As the server inside is asked. */
  readonly host: string
  readonly proto: 'http' | 'https'
  /** An address, or several where proxies that we believe said so. */
  readonly address: string
}

const withoutOurs = (cookies: string) => {
  const theirs = cookies.split(';').filter((pair) => !isOurCookie(pair.split('=')[0] ?? ''))
  return theirs.length === 0 ? undefined : theirs.join(';').trimStart()
}

/**
 * Nothing of ours goes inside: no token, no cookie. What came as plain text is looked at for canaries,
 * so no answer is asked for in an encoding; and what says who asks is our word alone.
 */
const rules = changes(
  [
    ...['host', 'accept-encoding', tokenHeader, trafficHeader],
    ...['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port'],
    ...['x-forwarded-proto', 'x-forwarded-prefix', 'x-forwarded-server', 'x-real-ip'],
    // Frames that were deflated could not be looked at.
    'sec-websocket-extensions',
  ],
  {
    cookie: withoutOurs,
    authorization: (value) => (isOurToken(value.replace(/^\S+\s+/, '').trim()) ? undefined : value),
  },
)

export function requestHead(raw: RawHeaders, { host, proto, address }: Caller): string[] {
  return [
    ...['Host', host],
    ...rewritten(raw, rules),
    ...['X-Forwarded-For', address, 'X-Forwarded-Proto', proto, 'X-Forwarded-Host', host],
  ]
}
