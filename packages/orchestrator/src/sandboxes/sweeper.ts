import { SandboxId } from '@stuntdouble/sdk/wire'
import type { Engine } from '../engine/engine.ts'
import { type Clock, elapsed } from '../lib/clock.ts'
import { within } from '../lib/every.ts'
import type { Log } from '../lib/log.ts'
import { traceOf } from '../lib/trace.ts'
import { overdue, warningDue } from './lease.ts'
import type { Sandbox } from './sandbox.ts'
import type { SandboxStore } from './store.ts'

export interface Sweeper {
  /** Ends what is due; every so often looks at everything, in both directions. */
  sweep(signal: AbortSignal): Promise<void>
  /** Resolves when nothing that a sweep began is under way. */
  settled(): Promise<void>
}

interface Parts {
  readonly store: SandboxStore
  readonly engine: Engine
  readonly clock: Clock
  readonly reconcile: (id: string) => Promise<void>
  /** Ends what is still being made. */
  readonly expire: (id: string) => void
  readonly log: Log
}

/** By its id: a pod that has only volumes yet does not say whether it is a snapshot’s build. */
const isOurs = (pod: string) => SandboxId.safeParse(pod).success

const fullLookEveryMs = 5_000
const patienceMs = 1_000

export function createSweeper({ store, engine, clock, log, ...parts }: Parts): Sweeper {
  const underWay = new Map<string, Promise<void>>()
  let lookedAt = Number.NEGATIVE_INFINITY

  /** One that takes long, such as a pre-stop command, holds up none of the others. */
  function settle(id: string): Promise<void> {
    const settling =
      underWay.get(id) ??
      parts
        .reconcile(id)
        .catch((cause) => log.warn({ ...traceOf(cause), sandbox: id }, 'will try again'))
        .finally(() => underWay.delete(id))
    underWay.set(id, settling)
    return settling
  }

  const isDue = (sandbox: Sandbox) =>
    sandbox.state === 'ending' ||
    sandbox.endReason !== null ||
    overdue(sandbox, clock()) !== null ||
    warningDue(sandbox, clock()) !== undefined

  /** Row without container: the reconciler sees it. */
  async function sweepRows(everything: boolean): Promise<void> {
    const living = store.list({ ended: false })
    const late = living.filter(({ state }) => state === 'creating')
    for (const one of late) if (overdue(one, clock()) !== null) parts.expire(one.id)
    const due = living
      .filter((sandbox) => sandbox.state !== 'creating' || sandbox.endReason !== null)
      .filter((sandbox) => everything || isDue(sandbox))
    await within(patienceMs, Promise.all(due.map(({ id }) => settle(id))))
  }

  /** Container without row, or with the row of a sandbox that ended: a create that completed late. */
  async function sweepEngine(signal: AbortSignal): Promise<void> {
    for (const pod of await engine.list(signal)) {
      const sandbox = store.get(pod.id)
      if (!isOurs(pod.id) || (sandbox && sandbox.state !== 'ended')) continue
      log.warn({ pod: pod.id }, 'removing a pod that belongs to no living sandbox')
      await engine.destroy(pod.id, signal)
    }
  }

  return {
    settled: async () => void (await Promise.all(underWay.values())),
    async sweep(signal) {
      const everything = elapsed(lookedAt, clock()) >= fullLookEveryMs
      await sweepRows(everything)
      if (!everything) return
      lookedAt = clock()
      await sweepEngine(signal)
    },
  }
}
