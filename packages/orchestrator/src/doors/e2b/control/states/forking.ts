import type { E2bParts } from '../../e2b.ts'
import { noteOf, running } from '../life.ts'
import type { Fork } from '../messages.ts'
import { sandboxOf } from '../views.ts'

/** As many as were asked for, or none. What its creator said of the first is said of each. */
export async function forkSandbox(
  parts: E2bParts,
  { id, timeout, count }: Fork & { readonly id: string },
  signal: AbortSignal,
) {
  const note = noteOf(parts, running(parts, id).id)
  const ttl = `${Math.max(timeout, 1)}s`
  const forks = await parts.sandboxes.checkpoints.fork(id, { count, ttl }, signal)
  return forks.map(({ id: made, token }) => {
    parts.notes.put(made, note)
    parts.tokens.add(made, token)
    return { sandbox: sandboxOf(parts, { id: made, template: note.template, token }) }
  })
}
