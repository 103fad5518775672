import type { IncomingHttpHeaders } from 'node:http'
import { type PreviewHost, previewHostOf } from '../lib/preview-host.ts'
import { pageOfAnother } from './errors.ts'

/**
 * Throws unless a program asks, the preview’s own page, a page of the same sandbox, or a person who
 * follows a link. A browser says so itself (`Origin`, and `Sec-Fetch-*` of the Fetch Metadata
 * specification), and no page can make it say otherwise. A sibling below one domain is the same *site*, to
 * which `SameSite` cookies go: it may read nothing, run nothing of it and frame nothing of it.
 */
export function checkAskedFrom(
  method: string,
  headers: IncomingHttpHeaders,
  at: PreviewHost,
): void {
  const site = headers['sec-fetch-site']
  const { host = '', origin } = headers
  if (origin !== undefined && origin !== 'null') {
    if (!isOfTheSame(origin, host, at)) throw pageOfAnother()
    return
  }
  if (site === undefined ? origin === undefined : site === 'same-origin' || site === 'none') return
  if (origin === 'null' || !isFollowedLink(method, headers)) throw pageOfAnother()
}

/** The same sandbox, by the same way. */
function isOfTheSame(origin: string, host: string, { sandbox, domain }: PreviewHost): boolean {
  const asking = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? ''
  const known = previewHostOf(asking, [domain])
  return known?.sandbox === sandbox && portIn(asking) === portIn(host)
}

const portIn = (host: string) => /:(\d+)$/.exec(host)?.[1]

const isFollowedLink = (method: string, headers: IncomingHttpHeaders) =>
  (method === 'GET' || method === 'HEAD') &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document'
