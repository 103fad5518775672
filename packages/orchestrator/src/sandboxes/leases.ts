import {
  type Extended,
  type ExtendRequest,
  parseDuration,
  type SandboxView,
} from '@stuntdouble/sdk/wire'
import { serially } from '../lib/serially.ts'
import { traceOf } from '../lib/trace.ts'
import type { Desk } from './desk.ts'
import { extensionOf } from './extension.ts'
import { deadlineOf } from './lease.ts'
import type { Roster } from './roster.ts'
import type { Sandbox } from './sandbox.ts'
import { viewOf } from './view.ts'

/** How long a sandbox lives. */
export interface Leases {
  /** As far as the operator allows; never back. Throws `usage` for a moment that has passed. */
  extend(id: string, request: ExtendRequest): Promise<Extended>
  /** Throws what `extend` does. */
  endAt(id: string, at: number): Promise<SandboxView>
  /** Counted from now; sooner than before, too. */
  endIn(id: string, milliseconds: number): Promise<SandboxView>
  /** Notes a use at `at`; the gate’s deadline moves with it. */
  touch(id: string, at: number): void
  /** Has the gate end it when the journal says. Rejects when it is gone. */
  moveDeadline(id: string): Promise<void>
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

  /** What the operator allows, counted from creation. */
  const ceilingOf = ({ createdAt }: Sandbox) =>
    createdAt + (parseDuration(limits.maxTtl) ?? 0) * 1000

  async function moveEnd(sandbox: Sandbox, expiresAt: number): Promise<SandboxView> {
    const { id } = sandbox
    storage.transaction(() => {
      store.update(id, { expiresAt })
      store.touch(id, clock())
      capabilities.prolong(id, sandbox.expiresAt, expiresAt)
      recorder.record(id, 'extended', { expiresAt: isoOf(expiresAt) })
    })
    await Promise.all([moveDeadline(id), attachments.prolong(roster.known(id))])
    return viewOf(roster.known(id), desk)
  }

  async function endAt(id: string, at: number) {
    const sandbox = roster.ready(id)
    return await moveEnd(sandbox, Math.min(Math.max(at, clock()), ceilingOf(sandbox)))
  }

  return {
    moveDeadline,
    endAt,
    endIn: (id, milliseconds) => endAt(id, clock() + milliseconds),
    async extend(id, request) {
      const sandbox = roster.ready(id)
      const { asked, expiresAt, limitedBy } = extensionOf(sandbox, request, {
        maxTtl: limits.maxTtl,
        now: clock(),
      })
      const view = await moveEnd(sandbox, expiresAt)
      return { ...view, extension: { asked: isoOf(asked), granted: isoOf(expiresAt), limitedBy } }
    },

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
