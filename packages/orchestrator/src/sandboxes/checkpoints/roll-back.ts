import { whole } from '../../lib/whole.ts'
import type { Desk } from '../desk.ts'
import { union } from '../reconciler.ts'
import type { Sandbox } from '../sandbox.ts'
import { copiesOf } from './kept-volumes.ts'

type Parts = Pick<
  Desk,
  'engine' | 'starter' | 'attachments' | 'store' | 'storage' | 'recorder' | 'checkpointStore'
>

/**
 * Every member made anew on what a checkpoint holds, around the gate that stays: address, sockets,
 * deadline and token are none of theirs. Each step can be taken again, so that whoever comes after a
 * crash begins at the beginning; `rollback` in the journal is what says so.
 */
export async function rollBack(desk: Parts, sandbox: Sandbox, signal: AbortSignal): Promise<void> {
  const { engine, starter, attachments, store, storage, recorder } = desk
  const { id, rollback } = sandbox
  if (rollback === null) return
  const stripped = engine.strip(id, signal)
  const copies = copiesOf(sandbox, { id: rollback })
  await whole([stripped, ...copies.map((copy) => engine.volumes.restore(copy, stripped, signal))])
  await starter.run(sandbox, signal)
  // What programs trust was delivered into a container that is gone.
  await attachments.prolong(sandbox)
  const inventory = await engine.inventory(id, [], signal)
  const to = desk.checkpointStore.list(id).find((each) => each.id === rollback)?.name
  storage.transaction(() => {
    store.update(id, { rollback: null, inventory: union(sandbox.inventory, inventory) })
    recorder.record(id, 'rolled_back', { to })
  })
}
