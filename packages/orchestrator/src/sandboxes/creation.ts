import type { CreateSandboxRequest, Handover, OnProgress } from '@stuntdouble/sdk/wire'
import { type Admitted, admitRequest } from './admission.ts'
import type { Capacity } from './capacity/capacity.ts'
import type { StartTurns } from './capacity/start-turns.ts'
import type { Desk } from './desk.ts'
import type { Ending } from './ending.ts'
import { createFinishing } from './finishing.ts'
import type { Handovers } from './handovers.ts'
import { admitIsolation } from './isolation.ts'
import { newSandbox } from './journal.ts'
import type { Pool } from './pool/pool.ts'
import type { Sandbox } from './sandbox.ts'
import type { Starting } from './starting.ts'
import { firstSnapshot } from './view.ts'

interface Parts {
  readonly desk: Desk
  readonly starting: Starting
  readonly ending: Ending
  readonly handovers: Handovers
  readonly capacity: Capacity
  readonly turns: StartTurns
  readonly pool: Pool
}

export interface Caller {
  readonly signal: AbortSignal
  /** Called with its id in the transaction that writes the sandbox down, or hands it out. */
  readonly noted?: (id: string) => void
}

export type Create = (
  request: CreateSandboxRequest,
  onProgress: OnProgress,
  caller: Caller,
) => Promise<Handover>

/** Who asked, as far as a creation must know. */
interface Asker extends Caller {
  readonly wait: boolean
  readonly onProgress: OnProgress
}

/** One creation from request to hand-over. One that fails, or whose signal aborts, leaves nothing. */
export function createCreation({ desk, starting, ending, handovers, ...parts }: Parts): Create {
  const { store, storage, recorder } = desk
  const { capacity, turns, pool } = parts
  const { unlessAbandoned, handover } = createFinishing({ desk, ending, handovers })

  const planned = (wanted: Admitted) =>
    newSandbox({ ...wanted, now: desk.clock() }, desk.snapshots, desk.kinds)

  function journal(wanted: Admitted, noted: Caller['noted']): Sandbox {
    const sandbox = planned(wanted)
    storage.transaction(() => {
      store.insert(sandbox)
      noted?.(sandbox.id)
      recorder.record(sandbox.id, 'created', { snapshot: firstSnapshot(sandbox) })
    })
    return sandbox
  }

  async function claim(wanted: Admitted, caller: Caller): Promise<Handover | undefined> {
    const { signal } = caller
    const claimed = await pool.claim(wanted, caller)
    if (!claimed) return undefined
    await unlessAbandoned(claimed.id, signal, async () => {
      if (!claimed.handover) await desk.reconcile(claimed.id)
    })
    return claimed.handover ?? handover(claimed.id)
  }

  async function make(wanted: Admitted, { wait, onProgress, ...caller }: Asker): Promise<Handover> {
    const { signal, noted } = caller
    await admitIsolation(wanted.blueprint, desk.engine, signal)
    // What cannot be made is refused before it waits.
    const { memoryBytes } = planned(wanted)
    const entrant = { memoryBytes, wait, onProgress, begin: () => journal(wanted, noted) }
    const sandbox = await capacity.enter(entrant, signal)
    await unlessAbandoned(sandbox.id, signal, async () => {
      await starting.prepare(sandbox, onProgress, signal)
      using _turn = await turns.take(signal)
      await desk.reconcile(sandbox.id)
    })
    return handover(sandbox.id)
  }

  return async ({ warm, wait, ...request }, onProgress, caller) => {
    const wanted = admitRequest(request, desk)
    const claimed = warm ? await claim(wanted, caller) : undefined
    const handed = claimed ?? (await make(wanted, { wait, onProgress, ...caller }))
    const sandbox = store.get(handed.id)
    if (warm && sandbox) pool.asked(sandbox, claimed !== undefined)
    return handed
  }
}
