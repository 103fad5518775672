import { type Extended, type ExtendRequest, parseDuration } from '@stuntdouble/sdk/wire'
import { untilHasPassed } from './errors.ts'
import type { Sandbox } from './sandbox.ts'

interface Extension {
  /** The hard end that was asked for, and the one it is to have. */
  readonly asked: number
  readonly expiresAt: number
  readonly limitedBy: Extended['extension']['limitedBy']
}

/** How far a hard end may move. It never moves back. Throws `usage` for a moment that has passed. */
export function extensionOf(
  sandbox: Pick<Sandbox, 'createdAt' | 'expiresAt'>,
  { by, until }: ExtendRequest,
  { maxTtl, now }: { readonly maxTtl: string; readonly now: number },
): Extension {
  const asked = until === undefined ? sandbox.expiresAt + milliseconds(by ?? '') : Date.parse(until)
  if (asked <= now) throw untilHasPassed(new Date(asked).toISOString())
  const ceiling = sandbox.createdAt + milliseconds(maxTtl)
  const expiresAt = Math.max(Math.min(asked, ceiling), sandbox.expiresAt)
  return {
    asked,
    expiresAt,
    limitedBy: asked > expiresAt ? { limit: 'maxTtl', value: maxTtl } : null,
  }
}

const milliseconds = (duration: string) => (parseDuration(duration) ?? 0) * 1000
