import type { SandboxView } from '@stuntdouble/sdk/wire'
import type { Desk } from '../desk.ts'
import type { Leases } from '../leases.ts'
import type { Roster } from '../roster.ts'
import { viewOf } from '../view.ts'

/** Stops everything in a sandbox for a while. Its idle end waits; its hard end does not. */
export interface Pausing {
  /** Idempotent. What is open stays open, and hears nothing until it goes on. */
  pause(id: string): Promise<SandboxView>
  /** Idempotent: for a door whose clients expect a sandbox to wake up by being used, as well. */
  resume(id: string): Promise<SandboxView>
}

const withinMs = 30_000

export function createPausing(desk: Desk, roster: Roster, leases: Leases): Pausing {
  const { engine, store, storage, recorder, clock } = desk
  const view = (id: string) => viewOf(roster.known(id), desk)

  function note(id: string, pausedAt: number | null): void {
    storage.transaction(() => {
      store.update(id, { pausedAt, activeAt: clock() })
      recorder.record(id, pausedAt === null ? 'resumed' : 'paused')
    })
  }

  return {
    async pause(id) {
      if (roster.ready(id).pausedAt !== null) return view(id)
      roster.usable(id)
      note(id, clock())
      try {
        await engine.pause(id, AbortSignal.timeout(withinMs))
      } catch (cause) {
        if (store.get(id)?.endReason === null) note(id, null)
        throw cause
      }
      await leases.moveDeadline(id)
      return view(id)
    },
    async resume(id) {
      if (roster.ready(id).pausedAt === null) return view(id)
      await engine.resume(id, AbortSignal.timeout(withinMs))
      note(id, null)
      await leases.moveDeadline(id)
      return view(id)
    },
  }
}
