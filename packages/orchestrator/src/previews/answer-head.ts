import { isOurCookie } from './cookie.ts'
import { changes, type RawHeaders, rewritten } from './headers.ts'

/** Where a preview is seen from: `https://3000-sbabcdefghijkl.preview.example.com`. */
export interface SeenAt {
  readonly origin: string
  readonly port: number
}

/**
 * Cookies stay with the host that set them: a domain would have them sent to siblings and to us. One
 * under our name would lock a person out.
 */
function ownCookie(cookie: string): string | undefined {
  const [pair = '', ...attributes] = cookie.split(';')
  if (isOurCookie(pair.split('=')[0] ?? '')) return undefined
  return [pair, ...attributes.filter((each) => !/^\s*domain\s*(?:=|$)/i.test(each))].join(';')
}

/** What speaks for more than this answer: for other hosts, other servers, or what the browser keeps. */
const farReaching = [
  'alt-svc',
  'clear-site-data',
  'expect-ct',
  'nel',
  'public-key-pins',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'strict-transport-security',
]

/** What a server inside calls itself; whoever is sent there from outside finds nothing. */
const insideHosts = new Set(['localhost', '127.0.0.1', '0.0.0.0', '[::1]', '[::]'])

function reachable(location: string, { origin, port }: SeenAt): string {
  const url = URL.canParse(location) ? new URL(location) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return location
  const isInside = insideHosts.has(url.hostname) && Number(url.port || 80) === port
  const isWrongScheme = url.host === new URL(origin).host && url.origin !== origin
  return isInside || isWrongScheme ? `${origin}${url.pathname}${url.search}${url.hash}` : location
}

const plainRules = changes(farReaching, { 'set-cookie': ownCookie })

/** The headers of an answer as a browser may have them, at the preview’s own origin. */
export function answerHead(raw: RawHeaders, at: SeenAt): string[] {
  const kept = rewritten(raw, plainRules)
  for (let index = 0; index < kept.length; index += 2) {
    if (kept[index]?.toLowerCase() === 'location')
      kept[index + 1] = reachable(kept[index + 1] ?? '', at)
  }
  // Siblings below one domain are not to share a process, nor become one origin by `document.domain`.
  return [...kept, 'Origin-Agent-Cluster', '?1']
}

const programRules = changes([
  ...farReaching,
  'access-control-allow-credentials',
  'access-control-allow-origin',
  'content-disposition',
  'content-security-policy',
  'cross-origin-resource-policy',
  'link',
  'refresh',
  'set-cookie',
  'x-content-type-options',
])

/** The same for a program, at the gateway’s origin, where nothing of it may be shown or run. */
export const answerHeadForPrograms = (raw: RawHeaders): string[] => [
  ...rewritten(raw, programRules),
  ...['Content-Security-Policy', "sandbox; default-src 'none'; frame-ancestors 'none'"],
  ...['Content-Disposition', 'attachment', 'X-Content-Type-Options', 'nosniff'],
  ...['Cross-Origin-Resource-Policy', 'same-origin', 'Referrer-Policy', 'no-referrer'],
]
