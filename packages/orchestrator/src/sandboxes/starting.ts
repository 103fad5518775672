import { SandboxError } from '@stuntdouble/sdk/errors'
import { type OnProgress, problemOf } from '@stuntdouble/sdk/wire'
import { asSandboxError } from '../lib/progress-response.ts'
import { traceOf } from '../lib/trace.ts'
import type { Desk } from './desk.ts'
import { deadlineOf } from './lease.ts'
import type { Sandbox } from './sandbox.ts'
import { scanSettings } from './settings-scan.ts'

/** From the journal row to `ready`, or to a journalled problem. Nothing here throws for a failed start. */
export interface Starting {
  /** Looks for secrets, makes the images present and clones what is to be cloned; each may take minutes. */
  prepare(sandbox: Sandbox, onProgress: OnProgress, signal: AbortSignal): Promise<void>
  start(sandbox: Sandbox): Promise<void>
  /** Work that a sandbox does not survive the failure of. `interrupt` stops it like a start. */
  attempt(sandbox: Sandbox, work: (signal: AbortSignal) => Promise<void>): Promise<void>
  /** Stops a start under way; the sandbox goes on to its end. */
  interrupt(id: string): void
}

const startWithinMs = 5 * 60_000

export function createStarting(desk: Omit<Desk, 'reconcile'>): Starting {
  const { store, storage, engine, recorder, clock } = desk
  const underWay = new Map<string, AbortController>()

  async function bringUp(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
    // What has an inventory was whole before: it was kept ready, and lacks its workspace alone.
    const wasWhole = sandbox.inventory.length > 0
    if (!wasWhole) await desk.starter.start(sandbox, signal)
    else if (sandbox.workspace) await desk.starter.fill(sandbox, signal)
    const { blueprint, workspace } = sandbox
    if (blueprint.workspace.clone && workspace) await desk.workspaces.discard(workspace)
    await desk.attachments.attach(sandbox)
    const inventory = await engine.inventory(sandbox.id, [], signal)
    const ready = { state: 'ready', activeAt: clock(), inventory, workspace: null } as const
    // Until here the gate kept the hard end alone: who waits for a creation is not idle.
    await engine.setDeadline(sandbox.id, deadlineNow({ ...sandbox, ...ready }, store))
    storage.transaction(() => {
      store.update(sandbox.id, { ...ready, forkOf: null })
      recorder.record(sandbox.id, sandbox.pool === null ? 'ready' : 'warm', {
        milliseconds: clock() - sandbox.createdAt,
      })
    })
  }

  function fail(sandbox: Sandbox, cause: unknown): void {
    if (store.get(sandbox.id)?.endReason) return
    const error = asSandboxError(cause)
    if (!(cause instanceof SandboxError)) {
      desk.log.error({ ...traceOf(cause), sandbox: sandbox.id }, 'start failed')
    }
    storage.transaction(() => {
      store.update(sandbox.id, { endReason: 'failed', problem: problemOf(error) })
      recorder.record(sandbox.id, 'failed', { code: error.code, message: error.message })
    })
  }

  async function clone(
    { id, blueprint, workspace, forkOf }: Sandbox,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const spec = blueprint.workspace.clone
    if (!spec || workspace !== null || forkOf !== null) return
    const staged = await desk.workspaces.clone({ sandbox: id, spec }, onProgress, signal)
    store.update(id, { workspace: staged.id })
  }

  async function attempt(
    sandbox: Sandbox,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const interrupt = new AbortController()
    underWay.set(sandbox.id, interrupt)
    const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(startWithinMs)])
    await work(signal)
      .catch((cause) => fail(sandbox, cause))
      .finally(() => underWay.delete(sandbox.id))
  }

  return {
    attempt,
    interrupt: (id) => underWay.get(id)?.abort(),
    async prepare(sandbox, onProgress, signal) {
      try {
        await scanSettings(sandbox, desk, signal)
        await desk.starter.images(sandbox, onProgress, signal)
        await clone(sandbox, onProgress, signal)
      } catch (cause) {
        fail(sandbox, cause)
      }
    },
    start: (sandbox) => attempt(sandbox, (signal) => bringUp(sandbox, signal)),
  }
}

/** By the journal’s end: one to be kept ready was renewed while it started. */
function deadlineNow(sandbox: Sandbox, store: Desk['store']): Date {
  const { expiresAt } = store.get(sandbox.id) ?? sandbox
  return new Date(deadlineOf({ ...sandbox, expiresAt }))
}
