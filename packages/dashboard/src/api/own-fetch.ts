import type { Fetch } from '@stuntdouble/sdk/client'

export interface OwnFetch {
  readonly fetch: Fetch
  /** How far the server’s clock is ahead of this machine’s, in milliseconds, by its last answer. */
  clockOffset(): number
}

/** Fetches from our own origin with the session’s cookie, and notes what time it is over there. */
export function createOwnFetch(send: Fetch = (url, init) => fetch(url, init)): OwnFetch {
  let offset = 0
  return {
    clockOffset: () => offset,
    async fetch(url, init) {
      const response = await send(url, {
        ...init,
        credentials: 'same-origin',
        headers: withCsrf(init.headers),
      })
      const told = Date.parse(response.headers.get('date') ?? '')
      if (!Number.isNaN(told)) offset = meaningful(told - Date.now())
      return response
    },
  }
}

/** Another site cannot set this header without a preflight, which the server never grants. */
function withCsrf(headers: RequestInit['headers']): Headers {
  const own = new Headers(headers)
  own.set('x-stuntdouble-csrf', '1')
  return own
}

/** The Date header has whole seconds; a smaller difference is noise and would make clocks jump. */
const meaningful = (difference: number) => (Math.abs(difference) < 3000 ? 0 : difference)
