import { parseBytes, type SandboxView } from '@stuntdouble/sdk/wire'
import { defaultTemplate, envdVersion } from '../e2b.ts'
import type { Note } from '../notes.ts'

const mebibyte = 1024 ** 2

/** What `create` and `connect` answer. The token is the sandbox’s own capability, never a control key. */
export const sandboxOf = (sandboxID: string, template: string, envdAccessToken: string) => ({
  ...{ sandboxID, templateID: template, alias: template, clientID: 'stuntdouble' },
  ...{ envdVersion, envdAccessToken, domain: null },
})

/** One of a list. */
export function listed(view: SandboxView, note: Note | undefined) {
  const template = note?.template ?? defaultTemplate
  return {
    ...{ sandboxID: view.id, templateID: template, alias: template, clientID: 'stuntdouble' },
    ...{ startedAt: view.createdAt, endAt: view.idleAt, state: 'running' },
    cpuCount: view.limits?.cpus ?? 0,
    memoryMB: Math.round((parseBytes(view.limits?.memory ?? '') ?? 0) / mebibyte),
    diskSizeMB: Math.round((parseBytes(view.limits?.disk ?? '') ?? 0) / mebibyte),
    ...{ envdVersion, metadata: note?.metadata ?? {} },
  }
}
