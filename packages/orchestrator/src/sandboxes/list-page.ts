import { SandboxError } from '@stuntdouble/sdk/errors'
import type { SandboxList, SandboxListQuery, SandboxView } from '@stuntdouble/sdk/wire'

/**
 * So many of a list that is newest first, from where an earlier page ended: what came or ended in
 * between moves nothing. All of it without `limit`.
 */
export function pageOf(
  views: readonly SandboxView[],
  { limit, cursor }: Pick<SandboxListQuery, 'limit' | 'cursor'>,
): SandboxList {
  const left = cursor === undefined ? views : views.slice(startOf(views, cursor))
  const sandboxes = left.slice(0, limit ?? left.length)
  const last = sandboxes.at(-1)
  const isMore = sandboxes.length < left.length
  return { sandboxes: [...sandboxes], ...(isMore && last && { next: cursorOf(last) }) }
}

const cursorOf = ({ createdAt, id }: SandboxView) => `${Date.parse(createdAt)}.${id}`

/** Behind the one it names; where that is gone, at the first that is older. */
function startOf(views: readonly SandboxView[], cursor: string): number {
  const [, at, named] = /^(\d{1,15})\.(sb[a-z0-9]{12})$/.exec(cursor) ?? []
  if (at === undefined) throw notACursor()
  const found = views.findIndex(({ id }) => id === named)
  if (found !== -1) return found + 1
  const older = views.findIndex(({ createdAt }) => Date.parse(createdAt) < Number(at))
  return older === -1 ? views.length : older
}

const notACursor = () =>
  new SandboxError('usage', 'That is no cursor of this list.', {
    hint: 'Send `next` of the page before as it is, or none for the first.',
  })
