import type { SandboxError } from '@stuntdouble/sdk/errors'
import { isPaused, isRollingBack } from './checkpoints/errors.ts'
import type { Desk } from './desk.ts'
import {
  databaseNotFound,
  keptReady,
  sandboxGone,
  sandboxNotFound,
  sandboxNotReady,
} from './errors.ts'
import { overdue } from './lease.ts'
import type { Sandbox, SandboxDatabase } from './sandbox.ts'

/** Sandboxes by id, or the error that says what became of them. */
export interface Roster {
  /** Throws `sandbox_not_found`. */
  known(id: string): Sandbox
  /** Undefined while it runs, and for one that is not known. */
  tombstone(id: string): SandboxError | undefined
  /** Throws `sandbox_not_ready` or `sandbox_gone` as well. */
  ready(id: string): Sandbox
  /** Throws `conflict` as well while it is paused, or on its way back to a checkpoint. */
  usable(id: string): Sandbox
  /** Throws `database_not_found` as well. */
  database(id: string, name: string): SandboxDatabase
}

export function createRoster({ store, clock }: Pick<Desk, 'store' | 'clock'>): Roster {
  function known(id: string): Sandbox {
    const sandbox = store.get(id)
    if (!sandbox) throw sandboxNotFound(id)
    return sandbox
  }

  function ready(id: string): Sandbox {
    const sandbox = known(id)
    const endReason = sandbox.endReason ?? overdue(sandbox, clock())
    if (endReason !== null) throw sandboxGone({ ...sandbox, endReason })
    if (sandbox.pool !== null) throw keptReady(id)
    if (sandbox.state === 'creating') throw sandboxNotReady(id)
    return sandbox
  }

  function usable(id: string): Sandbox {
    const sandbox = ready(id)
    if (sandbox.rollback !== null) throw isRollingBack(id)
    if (sandbox.pausedAt !== null) throw isPaused(id)
    return sandbox
  }

  return {
    known,
    tombstone(id) {
      const sandbox = store.get(id)
      return sandbox && sandbox.endReason !== null ? sandboxGone(sandbox) : undefined
    },
    ready,
    usable,
    database(id, name) {
      const { databases } = ready(id)
      const found = databases.find((database) => database.name === name)
      const names = databases.map((database) => database.name)
      if (!found) throw databaseNotFound(id, name, names)
      return found
    },
  }
}
