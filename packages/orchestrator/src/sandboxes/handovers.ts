import type { Handover } from '@stuntdouble/sdk/wire'
import type { Desk } from './desk.ts'
import type { Roster } from './roster.ts'
import { databasesOf, filesOf, firstSnapshot } from './view.ts'

/** Who may use a sandbox. Each throws unless it is ready; `revoke` is content with any. */
export interface Handovers {
  handover(id: string, seconds?: number): Handover
  renew(id: string, token: string, seconds: number): void
  revoke(id: string, token: string): void
}

export function createHandovers(desk: Desk, roster: Roster): Handovers {
  const { capabilities, clock } = desk
  return {
    handover(id, seconds) {
      const sandbox = roster.ready(id)
      // Not cut to the sandbox’s end, which takes every capability along and may be moved before.
      const until = seconds === undefined ? sandbox.expiresAt : clock() + seconds * 1000
      const token = capabilities.issue(id, until)
      const { egress: asked, credentials } = sandbox.blueprint
      return {
        id,
        url: desk.urlOf(token),
        token,
        expiresAt: new Date(sandbox.expiresAt).toISOString(),
        snapshot: firstSnapshot(sandbox),
        databases: databasesOf(sandbox),
        ...(asked.length > 0 && { egress: desk.egress.granted(asked) }),
        ...(credentials.length > 0 && { credentials: desk.egress.credentials(credentials) }),
        ...(sandbox.files.length > 0 && { files: filesOf(sandbox) }),
      }
    },

    renew: (id, token, seconds) =>
      capabilities.renew(roster.ready(id).id, token, clock() + seconds * 1000),

    revoke: (id, token) => capabilities.revoke(id, token),
  }
}
