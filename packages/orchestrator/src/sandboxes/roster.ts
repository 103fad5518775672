import type { Desk } from './desk.ts'
import { databaseNotFound, sandboxGone, sandboxNotFound, sandboxNotReady } from './errors.ts'
import { idleAt } from './lease.ts'
import type { Sandbox, SandboxDatabase } from './sandbox.ts'

/** Sandboxes by id, or the error that says what became of them. */
export interface Roster {
  /** Throws `sandbox_not_found`. */
  known(id: string): Sandbox
  /** Throws `sandbox_not_ready` or `sandbox_gone` as well. */
  ready(id: string): Sandbox
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
    if (sandbox.endReason !== null || clock() >= idleAt(sandbox)) throw sandboxGone(id)
    if (sandbox.state === 'creating') throw sandboxNotReady(id)
    return sandbox
  }

  return {
    known,
    ready,
    database(id, name) {
      const { databases } = ready(id)
      const found = databases.find((database) => database.name === name)
      const names = databases.map((database) => database.name)
      if (!found) throw databaseNotFound(id, name, names)
      return found
    },
  }
}
