/**
 * Does the work one call at a time; of what is asked meanwhile only the latest is done after it. A
 * client that asks ten thousand times costs the engine two calls.
 */
export function latest<Request>(
  work: (request: Request) => Promise<void>,
): (request: Request) => void {
  let busy = false
  let next: { readonly request: Request } | undefined

  async function run(first: Request): Promise<void> {
    busy = true
    next = { request: first }
    while (next) {
      const { request }: { readonly request: Request } = next
      next = undefined
      await work(request).catch(() => {})
    }
    busy = false
  }

  return (request) => {
    if (busy) next = { request }
    else void run(request)
  }
}
