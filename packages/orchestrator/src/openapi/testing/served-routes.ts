interface Layer {
  readonly rawPath: string | readonly string[]
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> }
  readonly handle: unknown
}

interface Stack {
  readonly stack: readonly Layer[]
}

/**
 * Every `method path` that express 5 serves, in whole, with what is mounted for any method as
 * `use path`. It reads what the library keeps for itself: nothing it makes public knows a mount’s path.
 */
export function servedRoutes({ router }: { readonly router: unknown }): string[] {
  const served = routesOf(router as Stack, '')
  const isMiddleware = (path: string) =>
    served.some((other) => !other.startsWith('use ') && isBelow(other.split(' ')[1] ?? '', path))
  return served.filter((each) => !each.startsWith('use ') || !isMiddleware(each.slice(4)))
}

const isBelow = (path: string, mount: string) => path === mount || path.startsWith(`${mount}/`)

function routesOf({ stack }: Stack, mount: string): string[] {
  return stack.flatMap(({ rawPath, route, handle }) =>
    [rawPath].flat().flatMap((part) => {
      const path = `${mount}${part}`.replace(/\/$/, '')
      if (route) return Object.keys(route.methods).map((method) => `${method} ${path}`)
      return isRouter(handle) ? routesOf(handle, path) : [`use ${path}`]
    }),
  )
}

const isRouter = (handle: unknown): handle is Stack =>
  typeof handle === 'function' && Array.isArray((handle as { stack?: unknown }).stack)
