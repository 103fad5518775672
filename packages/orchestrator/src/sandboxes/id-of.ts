import { sandboxNotFound } from './errors.ts'

/** The sandbox that a request’s path names. */
export function idOf({ params }: { readonly params: Readonly<Record<string, unknown>> }): string {
  const id = String(params.id)
  if (!/^sb[a-z0-9]{12}$/.test(id)) throw sandboxNotFound(id.slice(0, 40))
  return id
}
