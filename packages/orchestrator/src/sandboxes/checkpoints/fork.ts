import { type Blueprint, errorOf, type ForkRequest, type Handover } from '@stuntdouble/sdk/wire'
import { whole } from '../../lib/whole.ts'
import { admit } from '../admission.ts'
import type { Capacity } from '../capacity/capacity.ts'
import type { Desk } from '../desk.ts'
import type { Ending } from '../ending.ts'
import { endedBeforeReady } from '../errors.ts'
import type { Handovers } from '../handovers.ts'
import { admitIsolation } from '../isolation.ts'
import { newFork } from '../journal.ts'
import type { Leases } from '../leases.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Starting } from '../starting.ts'
import { firstSnapshot } from '../view.ts'

export interface ForkParts {
  readonly desk: Desk
  readonly starting: Starting
  readonly ending: Ending
  readonly handovers: Handovers
  readonly leases: Leases
  readonly capacity: Pick<Capacity, 'require'>
}

interface Fork {
  readonly of: Sandbox
  /** A checkpoint that stays until all are ready. It may still be in the making: `kept` says when it is there. */
  readonly from: { readonly id: string; readonly kept: Promise<unknown> }
  readonly request: ForkRequest
}

/** Whether as many more may be made, by the limits of today. Throws what `create` would. */
export async function admitForks(
  { desk, capacity }: ForkParts,
  { of, request }: Omit<Fork, 'from'>,
  signal: AbortSignal,
) {
  const { ttl } = request
  const blueprint = admit({ blueprint: of.blueprint, ...(ttl && { ttl }) }, desk.limits)
  await admitIsolation(blueprint, desk.engine, signal)
  desk.egress.admit(blueprint)
  await capacity.require(of.memoryBytes, request.count)
  return blueprint
}

/** Sandboxes of their own that begin as a checkpoint: all of them, or none and nothing left. */
export async function fork(
  parts: ForkParts,
  { of, from, request }: Fork,
  signal: AbortSignal,
): Promise<readonly Handover[]> {
  const { desk, ending } = parts
  // Heard below; it may come before anybody listens there.
  from.kept.catch(() => {})
  const blueprint = await admitForks(parts, { of, request }, signal)
  const forks = desk.storage.transaction(() => {
    const journalled = { of, from: from.id, blueprint }
    return Array.from({ length: request.count }, () => journal(desk, journalled))
  })
  const abandon = () => {
    for (const { id } of forks) ending.request(id, 'failed')
  }
  signal.addEventListener('abort', abandon)
  try {
    signal.throwIfAborted()
    return await whole(forks.map((each) => bringUp(parts, { of, from, fork: each }, signal)))
  } catch (cause) {
    abandon()
    // What cannot be cleared away now is tried again every second.
    await Promise.allSettled(forks.map(({ id }) => desk.reconcile(id)))
    throw cause
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}

async function bringUp(
  { desk, starting, handovers }: ForkParts,
  { of, from, fork: made }: Omit<Fork, 'request'> & { readonly fork: Sandbox },
  signal: AbortSignal,
): Promise<Handover> {
  const { id } = made
  const prepared = desk.workspaces
    .inherit(of.id, id)
    .then(() => starting.prepare(made, () => {}, signal))
  // The gate needs nothing of the checkpoint, and takes as long as its making.
  await whole([from.kept, prepared, desk.starter.open(made, signal)])
  await desk.reconcile(id)
  const now = desk.store.get(id)
  if (now?.problem) throw errorOf(now.problem)
  if (now?.state !== 'ready') throw endedBeforeReady(id)
  return handovers.handover(id)
}

function journal(
  { clock, store, recorder }: Desk,
  { of, from, blueprint }: { of: Sandbox; from: string; blueprint: Blueprint },
): Sandbox {
  const made = newFork(of, { blueprint, from, now: clock() })
  store.insert(made)
  recorder.record(made.id, 'created', { snapshot: firstSnapshot(made), forkOf: of.id })
  recorder.record(of.id, 'forked', { to: made.id })
  return made
}
