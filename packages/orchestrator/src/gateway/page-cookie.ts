import type { IncomingHttpHeaders } from 'node:http'
import { SandboxError } from '@stuntdouble/sdk/errors'

/**
 * A browser that opens the hand-over URL shows its token once and goes on with this: good at one
 * sandbox’s clean address, for as long as the token.
 */
const name = 'stuntdouble_page'

export const pageCookie = (sandbox: string, value: string) =>
  `${name}=${value}; Path=/s/${sandbox}; HttpOnly; SameSite=Lax`

export function pageToken({ cookie = '' }: IncomingHttpHeaders): string | undefined {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([key]) => key === name)?.[1]
}

/**
 * Throws unless a browser says that our own page asks, or a person who follows a link: another port of
 * this host is the same site to a cookie.
 */
export function checkOwnPage(headers: IncomingHttpHeaders): void {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = headers
  if (site === undefined || site === 'same-origin' || site === 'none') return
  if (mode !== 'navigate' || dest !== 'document') throw notOurPage()
}

const notOurPage = () =>
  new SandboxError('forbidden', 'A page of another site may not use a sandbox.', {
    hint: 'Open the sandbox’s own page, or ask from a program with its token.',
  })
