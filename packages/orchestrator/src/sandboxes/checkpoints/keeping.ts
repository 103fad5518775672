import { newCheckpointId } from '../../lib/ids.ts'
import type { Desk } from '../desk.ts'
import { diskBound, isOver, sumOf } from '../disk-bound.ts'
import type { Sandbox } from '../sandbox.ts'
import { endedMeanwhile, noRoomForCheckpoint } from './errors.ts'
import { copiesOf, volumeSpecs } from './kept-volumes.ts'
import { settleServers } from './settle-servers.ts'
import type { KeptCheckpoint } from './store.ts'

/** Checkpoints made and removed, with a row for as long as there may be a volume. */
export interface Keeping {
  /**
   * Resolves when there is room for it and its making has begun. Without a name it is for a fork, and
   * counts for nobody.
   */
  begin(sandbox: Sandbox, name: string | null): Promise<Making>
  remove(checkpoint: KeptCheckpoint): Promise<void>
  /** Once it is made, while nobody waits. What cannot be removed goes with the sandbox, or at the next start. */
  removeLater(making: Making): void
}

export interface Making {
  readonly id: string
  readonly sandbox: string
  /** When it is whole. Rejects with nothing left. */
  readonly kept: Promise<KeptCheckpoint>
}

/** Nobody who asked may stop it in the middle: the sandbox is held still by then. */
const makeWithinMs = 120_000
const removeWithinMs = 60_000

export function createKeeping(desk: Desk): Keeping {
  const { engine, checkpointStore, storage, recorder, clock, store } = desk
  /** By sandbox, of which one is made at a time. */
  const leaving = new Map<string, Promise<void>>()

  /** As if it were a full copy of what was changed: shared blocks part when either is written to. */
  async function refuseWithoutRoom(sandbox: Sandbox, signal: AbortSignal): Promise<void> {
    const live = volumeSpecs(sandbox).map(({ name }) => name)
    const owned = (await engine.volumes.list(signal)).filter(({ pod }) => pod === sandbox.id)
    const names = owned.map(({ name }) => name)
    const uses = await engine.volumes.measure(names, signal)
    const held = sumOf([...uses, ...uses.filter(({ name }) => live.includes(name))])
    const bound = diskBound(sandbox.blueprint)
    if (isOver(held, bound)) throw noRoomForCheckpoint(held, bound)
  }

  async function copy(sandbox: Sandbox, checkpoint: KeptCheckpoint): Promise<void> {
    const signal = AbortSignal.timeout(makeWithinMs)
    await using _settled = await settleServers(desk, sandbox, signal)
    await engine.checkpoint(sandbox.id, copiesOf(sandbox, checkpoint), signal)
  }

  async function remove(checkpoint: KeptCheckpoint): Promise<void> {
    checkpointStore.setState(checkpoint.id, 'half')
    const signal = AbortSignal.timeout(removeWithinMs)
    const owned = await engine.volumes.list(signal)
    const kept = owned.filter(({ name }) => name.startsWith(`${checkpoint.id}-`))
    await Promise.all(kept.map(({ name }) => engine.volumes.remove(name, signal)))
    checkpointStore.remove(checkpoint.id)
  }

  async function make(sandbox: Sandbox, checkpoint: KeptCheckpoint): Promise<KeptCheckpoint> {
    const { id, name } = checkpoint
    try {
      await copy(sandbox, checkpoint)
      if (store.get(sandbox.id)?.endReason !== null) throw endedMeanwhile(sandbox.id)
    } catch (cause) {
      // What cannot be removed now goes with the sandbox, or with the next start.
      await remove(checkpoint).catch(() => {})
      throw cause
    }
    storage.transaction(() => {
      checkpointStore.setState(id, 'kept')
      if (name) recorder.record(sandbox.id, 'checkpointed', { name })
    })
    return { ...checkpoint, state: 'kept' }
  }

  return {
    remove,
    async begin(sandbox, name) {
      // What is on its way out must not be counted.
      await leaving.get(sandbox.id)
      await refuseWithoutRoom(sandbox, AbortSignal.timeout(makeWithinMs))
      const [id, createdAt] = [newCheckpointId(), clock()]
      const checkpoint = { id, sandbox: sandbox.id, name, state: 'half', createdAt } as const
      checkpointStore.insert(checkpoint)
      return { id, sandbox: sandbox.id, kept: make(sandbox, checkpoint) }
    },
    removeLater({ sandbox, kept }) {
      const gone = kept
        .then(remove)
        .catch(() => {})
        .finally(() => leaving.delete(sandbox))
      leaving.set(sandbox, gone)
    },
  }
}
