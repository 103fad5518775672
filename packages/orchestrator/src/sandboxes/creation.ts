import {
  type CreateSandboxRequest,
  errorOf,
  type Handover,
  type OnProgress,
} from '@stuntdouble/sdk/wire'
import { admit, admitCount } from './admission.ts'
import type { Desk } from './desk.ts'
import type { Ending } from './ending.ts'
import { endedBeforeReady } from './errors.ts'
import { newSandbox } from './journal.ts'
import type { Leases } from './leases.ts'
import type { Sandbox } from './sandbox.ts'
import type { Starting } from './starting.ts'

interface Parts {
  readonly desk: Desk
  readonly starting: Starting
  readonly ending: Ending
  readonly leases: Leases
}

type Create = (
  request: CreateSandboxRequest,
  onProgress: OnProgress,
  signal: AbortSignal,
) => Promise<Handover>

/** One creation from request to hand-over. One that fails, or whose signal aborts, leaves nothing. */
export function createCreation({ desk, starting, ending, leases }: Parts): Create {
  const { store, storage, recorder } = desk

  function journal(request: CreateSandboxRequest): Sandbox {
    const blueprint = admit(request, desk.limits)
    admitCount(store.list({ ended: false }).length, desk.limits)
    const workspace = request.workspace ?? null
    if (workspace) desk.workspaces.require(workspace)
    const entry = { blueprint, workspace, now: desk.clock() }
    const sandbox = newSandbox(entry, desk.snapshots, desk.kind)
    storage.transaction(() => {
      store.insert(sandbox)
      recorder.record(sandbox.id, 'created', { snapshot: sandbox.databases[0]?.snapshot ?? null })
    })
    return sandbox
  }

  return async (request, onProgress, signal) => {
    const { id } = journal(request)
    const abandon = () => ending.request(id, 'failed')
    signal.addEventListener('abort', abandon)
    try {
      await prepareAndStart(id)
    } finally {
      signal.removeEventListener('abort', abandon)
    }
    const { problem, state } = store.get(id) ?? {}
    if (problem) throw errorOf(problem)
    if (state !== 'ready') throw endedBeforeReady(id)
    return leases.handover(id)

    async function prepareAndStart(created: string): Promise<void> {
      const sandbox = store.get(created)
      if (sandbox) await starting.prepare(sandbox, onProgress, signal)
      await desk.reconcile(created)
    }
  }
}
