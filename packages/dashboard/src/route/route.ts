export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'sandbox'; readonly id: string }
  | { readonly page: 'unknown' }

/** Reads a location hash. What is no page of ours is `unknown`, never an error. */
export function routeOf(hash: string): Route {
  const path = hash.replace(/^#\/?/, '')
  if (path === '') return { page: 'overview' }
  const id = /^sandboxes\/(sb[a-z0-9]{12})$/.exec(path)?.[1]
  return id ? { page: 'sandbox', id } : { page: 'unknown' }
}

export const overviewLink = '#/'
export const sandboxLink = (id: string) => `#/sandboxes/${id}`
