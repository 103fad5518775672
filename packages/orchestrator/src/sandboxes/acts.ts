import type { Resource } from '../engine/engine.ts'
import { rollBack } from './checkpoints/roll-back.ts'
import type { Desk } from './desk.ts'
import type { PreStops } from './pre-stop.ts'
import { writeReceipt } from './receipt.ts'
import { type Acts, union } from './reconciler.ts'
import type { Sandbox } from './sandbox.ts'
import type { Starting } from './starting.ts'

const destroyWithinMs = 60_000

/** What the reconciler’s steps do. */
export function createActs(
  desk: Omit<Desk, 'reconcile'>,
  { starting, preStops }: { readonly starting: Starting; readonly preStops: PreStops },
): Acts {
  const { store, storage, engine, recorder, capabilities, clock } = desk

  async function look(
    { id, inventory }: Pick<Sandbox, 'id' | 'inventory'>,
    signal: AbortSignal,
  ): Promise<readonly Resource[]> {
    const [seen, files] = await Promise.all([
      engine.inventory(id, inventory, signal),
      desk.workspaces.traces(id),
    ])
    return [...seen, ...files]
  }

  async function evidenceOf(sandbox: Sandbox) {
    const signal = AbortSignal.timeout(destroyWithinMs)
    const before = union(sandbox.inventory, await look(sandbox, signal))
    store.update(sandbox.id, { inventory: before })
    // With its containers goes what the kernel counted; a receipt does without.
    await desk.limitWatch.look(signal).catch(() => {})
    await desk.attachments.detach(sandbox.id)
    await engine.destroy(sandbox.id, signal)
    const { blueprint, workspace } = sandbox
    if (blueprint.workspace.clone && workspace) await desk.workspaces.discard(workspace)
    await desk.workspaces.forget(sandbox.id)
    const after = await look({ id: sandbox.id, inventory: before }, signal).catch(() => null)
    return {
      blindSpots: await engine.blindSpots(signal).catch(() => []),
      ...{ before, after, capabilities: capabilities.list(sandbox.id) },
      disk: desk.diskUses.get(sandbox.id),
    }
  }

  return {
    start: starting.start,
    preStop: preStops.run,

    warn({ id }, { reason, at }) {
      storage.transaction(() => {
        store.update(id, { warnedOf: at })
        recorder.record(id, 'ending_soon', {
          ...{ reason, at: new Date(at).toISOString() },
          secondsLeft: Math.round((at - clock()) / 1000),
        })
      })
    },

    end(sandbox, reason) {
      storage.transaction(() => {
        store.update(sandbox.id, { state: 'ending', endReason: reason })
        capabilities.revokeAll(sandbox.id)
        recorder.record(sandbox.id, 'ending', { reason })
      })
      desk.cutUses(sandbox.id)
    },

    rollback: (sandbox) => starting.attempt(sandbox, (signal) => rollBack(desk, sandbox, signal)),

    async destroy(sandbox) {
      const evidence = await evidenceOf(sandbox)
      const { id: installation, signer } = desk.installation
      const now = clock()
      const receipt = writeReceipt(sandbox, evidence, { installation, signer, now })
      storage.transaction(() => {
        store.update(sandbox.id, { state: 'ended', endedAt: now })
        store.saveReceipt(receipt)
        desk.checkpointStore.forget(sandbox.id)
        recorder.record(sandbox.id, 'ended', { reason: receipt.reason, clean: receipt.clean })
      })
      desk.onEnded(sandbox.id)
    },
  }
}
