import type { EndReason } from '@stuntdouble/sdk/wire'
import type { Engine, Resource } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import { serially } from '../lib/serially.ts'
import type { End } from './lease.ts'
import { plan, type Step } from './plan.ts'
import type { Sandbox } from './sandbox.ts'
import type { SandboxStore } from './store.ts'

/** What the steps do; each ends with the journal and its event written in one transaction. */
export interface Acts {
  start(sandbox: Sandbox): Promise<void>
  warn(sandbox: Sandbox, end: End): void
  preStop(sandbox: Sandbox, reason: EndReason): Promise<void>
  end(sandbox: Sandbox, reason: EndReason): void
  rollback(sandbox: Sandbox): Promise<void>
  destroy(sandbox: Sandbox): Promise<void>
}

export interface Reconciler {
  /** Takes steps until there is none to take. Calls for one sandbox queue up; a failed step rejects. */
  reconcile(id: string): Promise<void>
}

interface Parts {
  readonly store: SandboxStore
  readonly engine: Pick<Engine, 'observe'>
  readonly clock: Clock
  readonly acts: Acts
}

const observeWithinMs = 30_000

/** Level-triggered: it looks at what is, never at what changed, so that a missed event costs nothing. */
export function createReconciler({ store, engine, clock, acts }: Parts): Reconciler {
  const queue = serially<string>()

  async function next(id: string): Promise<{ sandbox: Sandbox; step: Step } | undefined> {
    if (!store.get(id)) return undefined
    const seen = await engine.observe(id, AbortSignal.timeout(observeWithinMs))
    // Asked after the look: it may have been claimed or extended meanwhile.
    const sandbox = store.get(id)
    return sandbox && { sandbox, step: plan(sandbox, seen, clock()) }
  }

  async function settle(id: string): Promise<void> {
    for (;;) {
      const due = await next(id)
      if (!due || due.step.do === 'rest') return
      await take(due.sandbox, due.step)
    }
  }

  async function take(sandbox: Sandbox, step: Exclude<Step, { do: 'rest' }>): Promise<void> {
    switch (step.do) {
      case 'start':
        return acts.start(sandbox)
      case 'warn':
        return acts.warn(sandbox, step.end)
      case 'preStop':
        return acts.preStop(sandbox, step.reason)
      case 'end':
        return acts.end(sandbox, step.reason)
      case 'rollback':
        return acts.rollback(sandbox)
      case 'destroy':
        return acts.destroy(sandbox)
    }
  }

  return { reconcile: (id) => queue(id, () => settle(id)) }
}

/** Both lists, each resource once. */
export function union(known: readonly Resource[], seen: readonly Resource[]): Resource[] {
  return [...new Map([...known, ...seen].map((item) => [`${item.kind} ${item.id}`, item])).values()]
}
