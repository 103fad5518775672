import { type Handover, parseDuration, type SandboxView } from '@stuntdouble/sdk/wire'
import { serially } from '../lib/serially.ts'
import { traceOf } from '../lib/trace.ts'
import type { Desk } from './desk.ts'
import { idleAt } from './lease.ts'
import type { Roster } from './roster.ts'
import type { Sandbox } from './sandbox.ts'
import { databasesOf, filesOf, firstSnapshot, viewOf } from './view.ts'

/** How long a sandbox lives, and who may use it until then. */
export interface Leases {
  extend(id: string, seconds: number): Promise<SandboxView>
  endAt(id: string, at: number): Promise<SandboxView>
  handover(id: string, seconds?: number): Handover
  renew(id: string, token: string, seconds: number): void
  revoke(id: string, token: string): void
  /** Notes a use at `at`; the gate’s deadline moves with it. */
  touch(id: string, at: number): void
}

/** A finer resolution would cost a write for each request and the gate looks once a second. */
const resolutionMs = 1_000

export function createLeases(desk: Desk, roster: Roster): Leases {
  const { store, storage, engine, attachments, capabilities, recorder, clock, limits, log } = desk

  const inTurn = serially<string>()

  /** One write at a time, each of what the journal says by then: a late one cannot undo a newer. */
  const moveDeadline = (id: string) =>
    inTurn(id, () => engine.setDeadline(id, new Date(idleAt(roster.known(id)))))

  /** What the operator allows, counted from creation. */
  const ceilingOf = ({ createdAt }: Sandbox) =>
    createdAt + (parseDuration(limits.maxTtl) ?? 0) * 1000

  async function moveEnd(sandbox: Sandbox, expiresAt: number): Promise<SandboxView> {
    const { id } = sandbox
    storage.transaction(() => {
      store.update(id, { expiresAt, activeAt: clock() })
      capabilities.prolong(id, sandbox.expiresAt, expiresAt)
      recorder.record(id, 'extended', { expiresAt: new Date(expiresAt).toISOString() })
    })
    await Promise.all([moveDeadline(id), attachments.prolong(roster.known(id))])
    return viewOf(roster.known(id), desk)
  }

  return {
    async extend(id, seconds) {
      const sandbox = roster.ready(id)
      const asked = Math.min(sandbox.expiresAt + seconds * 1000, ceilingOf(sandbox))
      return await moveEnd(sandbox, Math.max(asked, sandbox.expiresAt))
    },

    async endAt(id, at) {
      const sandbox = roster.ready(id)
      return await moveEnd(sandbox, Math.min(Math.max(at, clock()), ceilingOf(sandbox)))
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
      if (sandbox?.state !== 'ready' || at - sandbox.activeAt < resolutionMs) return
      store.touch(id, at)
      moveDeadline(id).catch((cause) =>
        log.warn({ ...traceOf(cause), sandbox: id }, 'deadline not moved'),
      )
    },
  }
}
