import {
  type Checkpoint,
  errorOf,
  type ForkRequest,
  type Handover,
  type SandboxView,
} from '@stuntdouble/sdk/wire'
import type { Desk } from '../desk.ts'
import type { Roster } from '../roster.ts'
import type { Sandbox } from '../sandbox.ts'
import { viewOf } from '../view.ts'
import { createCatalogue } from './catalogue.ts'
import { isBusy, wasRolledBack } from './errors.ts'
import { admitForks, type ForkParts, fork } from './fork.ts'
import { createKeeping, type Keeping } from './keeping.ts'
import { createPausing, type Pausing } from './pausing.ts'
import type { KeptCheckpoint } from './store.ts'

/**
 * States of a sandbox that it can go back to, or that others can begin as. One of these at a time for
 * each sandbox: who comes meanwhile gets a `conflict` to try again.
 */
export interface Checkpoints extends Pausing {
  /** Of databases, files and workspace at one moment. Memory, `/tmp` and `/home` are no part of it. */
  create(id: string, name?: string): Promise<Checkpoint>
  /** Newest first. */
  list(id: string): readonly Checkpoint[]
  remove(id: string, name: string): Promise<void>
  /**
   * Back to a checkpoint, the newest when none is named. What runs ends; address, token, lease and
   * checkpoints stay. One that cannot be brought back is ended: it is never left half way.
   */
  rollback(id: string, to?: string): Promise<SandboxView>
  /** Copies, with leases and tokens of their own. All of them, or none. */
  fork(id: string, request: ForkRequest, signal: AbortSignal): Promise<readonly Handover[]>
  /** Takes up what an earlier process left of a sandbox that runs. */
  recover(sandbox: Sandbox): Promise<void>
}

const recoverWithinMs = 30_000

export function createCheckpoints(parts: ForkParts, roster: Roster): Checkpoints {
  const { desk, leases } = parts
  const { store, storage, recorder, clock } = desk
  const catalogue = createCatalogue(desk)
  const keeping = createKeeping(desk)
  const pausing = createPausing(desk, roster, leases)
  const alone = createAlone(isBusy)

  async function rollback(id: string, to: string | undefined): Promise<SandboxView> {
    const sandbox = roster.usable(id)
    const { id: wanted, name } = catalogue.find(id, to)
    storage.transaction(() => {
      store.update(id, { rollback: wanted, activeAt: Math.max(sandbox.activeAt, clock()) })
      recorder.record(id, 'rolling_back', { to: name })
    })
    desk.cutUses(id, wasRolledBack(name ?? ''))
    await desk.reconcile(id)
    const { problem } = roster.known(id)
    if (problem) throw errorOf(problem)
    roster.ready(id)
    await leases.moveDeadline(id)
    return viewOf(roster.known(id), desk)
  }

  /** Of a checkpoint that is there, or of one made for it alone. */
  async function forkFrom(id: string, request: ForkRequest, signal: AbortSignal) {
    const { from } = request
    const of = from === undefined ? roster.usable(id) : roster.ready(id)
    await admitForks(parts, { of, request }, signal)
    if (from !== undefined) {
      const kept = catalogue.find(id, from)
      return fork(parts, { of, from: { id: kept.id, kept: Promise.resolve() }, request }, signal)
    }
    const making = await keeping.begin(of, null)
    return fork(parts, { of, from: making, request }, signal).finally(() =>
      keeping.removeLater(making),
    )
  }

  return {
    pause: (id) => alone(id, () => pausing.pause(id)),
    resume: (id) => alone(id, () => pausing.resume(id)),
    list: (id) => catalogue.list(roster.ready(id).id).map(publicly),
    create: (id, wanted) =>
      alone(id, async () => {
        const making = await keeping.begin(roster.usable(id), catalogue.nameFor(id, wanted))
        return publicly(await making.kept)
      }),
    remove: (id, name) =>
      alone(id, async () => {
        await keeping.remove(catalogue.find(roster.ready(id).id, name))
        recorder.record(id, 'checkpoint_removed', { name })
      }),
    rollback: (id, to) => alone(id, () => rollback(id, to)),
    fork: (id, request, signal) => alone(id, () => forkFrom(id, request, signal)),
    recover: (sandbox) => recover(desk, keeping, sandbox),
  }
}

/** One at a time for each id; who comes meanwhile is refused rather than kept waiting. */
function createAlone(refusal: (id: string) => Error) {
  const busy = new Set<string>()
  return async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    if (busy.has(id)) throw refusal(id)
    busy.add(id)
    return work().finally(() => busy.delete(id))
  }
}

async function recover(
  { engine, checkpointStore }: Desk,
  keeping: Keeping,
  { id, pausedAt }: Sandbox,
): Promise<void> {
  const half = checkpointStore
    .list(id)
    .filter(({ name, state }) => name === null || state === 'half')
  const signal = AbortSignal.timeout(recoverWithinMs)
  // Who held it still may have been ended in the middle of it.
  if (half.length > 0 && pausedAt === null) await engine.resume(id, signal)
  await Promise.all(half.map(keeping.remove))
  if (pausedAt !== null) await engine.pause(id, signal)
}

const publicly = ({ name, createdAt }: KeptCheckpoint): Checkpoint => ({
  name: name ?? '',
  createdAt: new Date(createdAt).toISOString(),
})
