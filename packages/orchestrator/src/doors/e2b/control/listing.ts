import { SandboxError } from '@stuntdouble/sdk/errors'
import type { SandboxView } from '@stuntdouble/sdk/wire'
import type { Notes } from '../notes.ts'
import type { ListQuery } from './messages.ts'
import { isAlive, stateOf } from './views.ts'

export interface Page {
  readonly views: readonly SandboxView[]
  /** Where the next begins; undefined at the end. */
  readonly next: string | undefined
}

/** The sandboxes that live and fit what was asked for, newest first. */
export function pageOf(
  all: readonly SandboxView[],
  { metadata, state, limit, nextToken }: ListQuery,
  notes: Pick<Notes, 'get'>,
): Page {
  const wanted = wantedMetadata(metadata)
  const fitting = all
    .filter(isAlive)
    .filter((view) => state === undefined || state.includes(stateOf(view)))
    .filter(({ id }) => {
      const has = notes.get(id)?.metadata ?? {}
      return wanted.every(([key, value]) => Object.hasOwn(has, key) && has[key] === value)
    })
  const start = nextToken === undefined ? 0 : fitting.findIndex(({ id }) => id === nextToken)
  // What it named has ended since: from the beginning again, rather than silently less.
  const views = fitting.slice(Math.max(start, 0), Math.max(start, 0) + limit)
  return { views, next: fitting[Math.max(start, 0) + limit]?.id }
}

/** The client encodes each part, the whole of them, and the parameter. */
function wantedMetadata(text: string | undefined): [string, string][] {
  try {
    return [...new URLSearchParams(text ?? '')].map(([key, value]) => [
      decodeURIComponent(key),
      decodeURIComponent(value),
    ])
  } catch {
    throw new SandboxError('usage', 'The metadata to look for is not encoded as it should be.', {
      hint: 'Send key=value pairs, each part percent-encoded.',
    })
  }
}
