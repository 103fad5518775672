import type { SandboxError } from '@stuntdouble/sdk/errors'
import {
  type Blueprint,
  type CreateSandboxRequest,
  errorOf,
  type Handover,
  type OnProgress,
} from '@stuntdouble/sdk/wire'
import { admit, admitCount } from './admission.ts'
import type { Desk } from './desk.ts'
import type { Ending } from './ending.ts'
import { endedBeforeReady, twoWorkspaces } from './errors.ts'
import type { Handovers } from './handovers.ts'
import { admitIsolation } from './isolation.ts'
import { newSandbox } from './journal.ts'
import type { Sandbox } from './sandbox.ts'
import type { Starting } from './starting.ts'
import { firstSnapshot } from './view.ts'

interface Parts {
  readonly desk: Desk
  readonly starting: Starting
  readonly ending: Ending
  readonly handovers: Handovers
}

export interface Caller {
  readonly signal: AbortSignal
  /** Called with its id in the transaction that writes the sandbox down. */
  readonly noted?: (id: string) => void
}

export type Create = (
  request: CreateSandboxRequest,
  onProgress: OnProgress,
  caller: Caller,
) => Promise<Handover>

/** One creation from request to hand-over. One that fails, or whose signal aborts, leaves nothing. */
export function createCreation({ desk, starting, ending, handovers }: Parts): Create {
  const { store, storage, recorder } = desk

  function journal(
    blueprint: Blueprint,
    workspace: string | null,
    noted: Caller['noted'],
  ): Sandbox {
    desk.egress.admit(blueprint)
    admitCount(store.list({ ended: false }).length, desk.limits)
    if (workspace) desk.workspaces.require(workspace)
    const { clone } = blueprint.workspace
    if (clone && workspace) throw twoWorkspaces()
    if (clone) desk.workspaces.admitClone(clone)
    const entry = { blueprint, workspace, now: desk.clock() }
    const sandbox = newSandbox(entry, desk.snapshots, desk.kinds)
    storage.transaction(() => {
      store.insert(sandbox)
      noted?.(sandbox.id)
      recorder.record(sandbox.id, 'created', { snapshot: firstSnapshot(sandbox) })
    })
    return sandbox
  }

  async function prepareAndStart(
    sandbox: Sandbox,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const abandon = () => ending.request(sandbox.id, 'failed')
    signal.addEventListener('abort', abandon)
    try {
      signal.throwIfAborted()
      await starting.prepare(sandbox, onProgress, signal)
      await desk.reconcile(sandbox.id)
    } catch (cause) {
      abandon()
      // What cannot be cleared away now is tried again every second.
      await desk.reconcile(sandbox.id).catch(() => {})
      throw errorIn(sandbox.id) ?? cause
    } finally {
      signal.removeEventListener('abort', abandon)
    }
  }

  /** What was written down first, not what went wrong after it. */
  function errorIn(id: string): SandboxError | undefined {
    const problem = store.get(id)?.problem
    return problem ? errorOf(problem) : undefined
  }

  return async (request, onProgress, { signal, noted }) => {
    const blueprint = admit(request, desk.limits)
    await admitIsolation(blueprint, desk.engine, signal)
    const sandbox = journal(blueprint, request.workspace ?? null, noted)
    const { id } = sandbox
    await prepareAndStart(sandbox, onProgress, signal)
    const error = errorIn(id)
    if (error) throw error
    if (store.get(id)?.state !== 'ready') throw endedBeforeReady(id)
    return handovers.handover(id)
  }
}
