import type { EndReason } from '@stuntdouble/sdk/wire'
import type { ContainerStatus } from '../engine/engine.ts'
import { overdue } from './lease.ts'
import type { Sandbox } from './sandbox.ts'

export type Step =
  /** Volumes, containers, readiness, workspace: everything up to `ready`. */
  | { readonly do: 'start' }
  | { readonly do: 'end'; readonly reason: EndReason }
  /** Removes what there is, looks again, and writes the receipt. */
  | { readonly do: 'destroy' }
  | { readonly do: 'rest' }

/** The containers without which a sandbox is of no use to anyone. */
const vital = ['gate', 'workspace']

/** Decides one step and touches nothing. The reconciler acts, records, and asks again. */
export function plan(sandbox: Sandbox, seen: readonly ContainerStatus[], now: number): Step {
  if (sandbox.state === 'ended') return { do: 'rest' }
  if (sandbox.state === 'ending') return { do: 'destroy' }

  const reason = sandbox.endReason ?? overdue(sandbox, now)
  if (reason) return { do: 'end', reason }
  if (sandbox.state === 'creating') return { do: 'start' }

  return vital.every((name) => lives(seen, name)) ? { do: 'rest' } : { do: 'end', reason: 'died' }
}

function lives(seen: readonly ContainerStatus[], name: string): boolean {
  return seen.some(
    (container) => container.name === name && ['running', 'paused'].includes(container.state),
  )
}
