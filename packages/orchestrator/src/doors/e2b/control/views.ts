import { parseBytes, type SandboxView } from '@stuntdouble/sdk/wire'
import { everyPreview } from '../../../capabilities/capabilities.ts'
import { defaultTemplate, type E2bParts, envdVersion } from '../e2b.ts'
import type { Note } from '../notes.ts'

const mebibyte = 1024 ** 2

interface HandedOut {
  readonly id: string
  readonly template: string
  /** The sandbox’s own capability, never a control key. */
  readonly token: string
}

/** What `create` and `connect` answer. Previews have a token that opens nothing else. */
export const sandboxOf = ({ capabilities }: E2bParts, { id, template, token }: HandedOut) => ({
  ...{ sandboxID: id, templateID: template, alias: template, clientID: 'stuntdouble' },
  ...{ envdVersion, envdAccessToken: token, domain: null },
  trafficAccessToken: capabilities.narrow(token, everyPreview),
})

const lives: ReadonlySet<SandboxView['state']> = new Set(['ready', 'paused', 'rolling_back'])

export const isAlive = ({ state }: SandboxView) => lives.has(state)

/** In words of E2B’s. */
export const stateOf = ({ state }: SandboxView) => (state === 'paused' ? 'paused' : 'running')

/** One of a list. */
export function listed(view: SandboxView, note: Note | undefined) {
  const template = note?.template ?? defaultTemplate
  return {
    ...{ sandboxID: view.id, templateID: template, alias: template, clientID: 'stuntdouble' },
    ...{ startedAt: view.createdAt, endAt: view.idleAt, state: stateOf(view) },
    cpuCount: view.limits?.cpus ?? 0,
    memoryMB: Math.round((parseBytes(view.limits?.memory ?? '') ?? 0) / mebibyte),
    diskSizeMB: Math.round((parseBytes(view.limits?.disk ?? '') ?? 0) / mebibyte),
    ...{ envdVersion, metadata: note?.metadata ?? {} },
  }
}
