import type { Extended, ExtendRequest, Handover } from '@stuntdouble/sdk/wire'
import { serially } from '../lib/serially.ts'
import { traceOf } from '../lib/trace.ts'
import type { Desk } from './desk.ts'
import { extensionOf } from './extension.ts'
import { deadlineOf } from './lease.ts'
import type { Roster } from './roster.ts'
import { databasesOf, filesOf, firstSnapshot, viewOf } from './view.ts'

/** How long a sandbox lives, and who may use it until then. */
export interface Leases {
  /** As far as the operator allows; never back. Throws `usage` for a moment that has passed. */
  extend(id: string, request: ExtendRequest): Promise<Extended>
  handover(id: string, seconds?: number): Handover
  renew(id: string, token: string, seconds: number): void
  revoke(id: string, token: string): void
  /** Notes a use at `at`; the gate’s deadline moves with it. */
  touch(id: string, at: number): void
}

const isoOf = (at: number) => new Date(at).toISOString()

/** A finer resolution would cost a write for each request and the gate looks once a second. */
const resolutionMs = 1_000

export function createLeases(desk: Desk, roster: Roster): Leases {
  const { store, storage, engine, attachments, capabilities, recorder, clock, limits, log } = desk

  const inTurn = serially<string>()

  /** One write at a time, each of what the journal says by then: a late one cannot undo a newer. */
  const moveDeadline = (id: string) =>
    inTurn(id, () => engine.setDeadline(id, new Date(deadlineOf(roster.known(id)))))

  return {
    async extend(id, request) {
      const sandbox = roster.ready(id)
      const { asked, expiresAt, limitedBy } = extensionOf(sandbox, request, {
        maxTtl: limits.maxTtl,
        now: clock(),
      })
      storage.transaction(() => {
        store.update(id, { expiresAt })
        store.touch(id, clock())
        capabilities.prolong(id, sandbox.expiresAt, expiresAt)
        recorder.record(id, 'extended', { expiresAt: isoOf(expiresAt) })
      })
      await Promise.all([moveDeadline(id), attachments.prolong(roster.known(id))])
      const extension = { asked: isoOf(asked), granted: isoOf(expiresAt), limitedBy }
      return { ...viewOf(roster.known(id), desk), extension }
    },

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

    touch(id, at) {
      const sandbox = store.get(id)
      if (sandbox?.state !== 'ready' || sandbox.endReason !== null) return
      if (at - sandbox.activeAt < resolutionMs) return
      store.touch(id, at)
      moveDeadline(id).catch((cause) =>
        log.warn({ ...traceOf(cause), sandbox: id }, 'deadline not moved'),
      )
    },
  }
}
