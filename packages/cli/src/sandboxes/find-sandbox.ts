import type { ControlClient } from '@stuntdouble/sdk/client'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { SandboxId } from '@stuntdouble/sdk/wire'

/** A whole id as it is; the beginning of one when it is the beginning of one only. */
export async function findSandbox(control: ControlClient, text: string): Promise<string> {
  if (SandboxId.safeParse(text).success) return text
  const all = await control.listSandboxes({ all: true })
  const found = all.filter(({ id }) => text !== '' && id.startsWith(text))
  const living = found.filter(({ state }) => state !== 'ended')
  const [match, ...others] = living.length > 0 ? living : found
  if (!match) throw notFound(text)
  if (others.length > 0) throw ambiguous(text, [match, ...others])
  return match.id
}

const notFound = (text: string) =>
  new SandboxError('sandbox_not_found', `No sandbox "${text}".`, {
    hint: '`sandbox ls --all` lists those that run and those that ended.',
  })

const ambiguous = (text: string, found: readonly { readonly id: string }[]) =>
  new SandboxError('usage', `"${text}" is the beginning of ${found.length} ids.`, {
    hint: `Write more of it: ${found.map(({ id }) => id).join(', ')}.`,
  })
