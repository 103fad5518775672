import { SandboxError } from '@stuntdouble/sdk/errors'
import type { SandboxView } from '@stuntdouble/sdk/wire'
import { defaultTemplate, type E2bParts } from '../e2b.ts'
import type { Note } from '../notes.ts'
import { type NewSandbox, PrivateTraffic } from './messages.ts'
import { isAlive, sandboxOf } from './views.ts'

/** Makes a sandbox of a template. Throws `not_implemented` for what would look as if it was done. */
export async function createFromTemplate(parts: E2bParts, wanted: NewSandbox, signal: AbortSignal) {
  const { sandboxes, templates, notes, tokens, longestTtl } = parts
  refuseUnserved(wanted)
  const { templateID: template, timeout, metadata, envVars: env } = wanted
  const blueprint = Object.hasOwn(templates, template) ? templates[template] : undefined
  if (!blueprint) throw noSuchTemplate(template, Object.keys(templates))
  const lease = { ttl: `${Math.max(timeout, 1)}s`, idle: longestTtl }
  const request = { blueprint, ...lease, wait: true, warm: true }
  const { id, token } = await sandboxes.create(request, () => {}, signal)
  notes.put(id, { template, metadata, env })
  tokens.add(id, token)
  return sandboxOf(parts, { id, template, token })
}

/** A token for one that runs; the same one for as long as this process remembers it. */
export function joined(parts: E2bParts, id: string) {
  const { template } = noteOf(parts, id)
  return sandboxOf(parts, { id, template, token: knownToken(parts, id) ?? newToken(parts, id) })
}

/** Undefined where all that it was used with have been revoked, or are over. */
function knownToken(parts: E2bParts, id: string): string | undefined {
  const { tokens, capabilities } = parts
  const token = tokens.of(id)
  if (token === undefined) return undefined
  try {
    capabilities.verify(token, id)
    return token
  } catch {
    tokens.drop(id, token)
    return knownToken(parts, id)
  }
}

function newToken({ sandboxes, recorder, tokens }: E2bParts, id: string): string {
  const { token } = sandboxes.handover(id)
  recorder.record(id, 'handover')
  tokens.add(id, token)
  return token
}

/** What was said of a sandbox; of one that was made by another door, nothing. */
export const noteOf = ({ notes }: E2bParts, id: string): Note =>
  notes.get(id) ?? { template: defaultTemplate, metadata: {}, env: {} }

/** Paused or not. Throws `sandbox_not_found` for one that has ended, too. */
export function running({ sandboxes }: E2bParts, id: string): SandboxView {
  const view = /^sb[a-z0-9]{12}$/.test(id) ? sandboxes.get(id) : undefined
  if (!view || !isAlive(view)) throw notRunning(id.slice(0, 40))
  return view
}

/** Moves the end to so many seconds from now; with `later`, only if that is later. */
export async function endIn(
  parts: E2bParts,
  id: string,
  { seconds, later }: { readonly seconds: number; readonly later: boolean },
): Promise<void> {
  const at = parts.clock() + seconds * 1000
  const { expiresAt } = running(parts, id)
  if (later && at <= Date.parse(expiresAt)) return
  await parts.sandboxes.endAt(id, at)
}

function refuseUnserved(wanted: NewSandbox): void {
  const asked = (['network', 'volumeMounts', 'iam', 'mcp'] as const).find(
    (key) => wanted[key] != null && !(key === 'network' && isPrivate(wanted.network)),
  )
  if (asked) throw notServed(`\`${asked}\``, 'The template’s blueprint says what a sandbox has.')
  if (wanted.autoPause)
    throw notServed('Pausing at the end of its time', 'Leave out `lifecycle`: it ends then.')
}

const isPrivate = (network: unknown) => PrivateTraffic.safeParse(network).success

export const notServed = (what: string, hint = 'docs/e2b.md lists what is.') =>
  new SandboxError('not_implemented', `${what} is not served here.`, { hint })

const noSuchTemplate = (name: string, names: readonly string[]) =>
  new SandboxError('address_not_found', `There is no template "${name}".`, {
    hint: `The operator names them in stuntdouble.yaml, under e2b.templates: ${names.join(', ')}.`,
  })

const notRunning = (id: string) =>
  new SandboxError('sandbox_not_found', `Sandbox "${id}" does not run.`, {
    hint: 'It has ended, or never was; list those that run.',
  })
