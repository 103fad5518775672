import type { EndReason } from '@stuntdouble/sdk/wire'
import type { ContainerStatus } from '../engine/engine.ts'
import { deadlineOf, type End, overdue, warningDue } from './lease.ts'
import { isOrderly, type Sandbox } from './sandbox.ts'

export type Step =
  /** Volumes, containers, readiness, workspace: everything up to `ready`. */
  | { readonly do: 'start' }
  /** Tells that an end is near. */
  | { readonly do: 'warn'; readonly end: End }
  /** Runs the blueprint’s last command. */
  | { readonly do: 'preStop'; readonly reason: EndReason }
  | { readonly do: 'end'; readonly reason: EndReason }
  /** Members made again on what a checkpoint holds: from the beginning, however far an earlier try came. */
  | { readonly do: 'rollback' }
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
  const mayStop = reason && isOrderly(reason) && preStopDue(sandbox, now) && runs(seen)
  if (reason) return { do: mayStop ? 'preStop' : 'end', reason }
  if (sandbox.state === 'creating') return { do: 'start' }
  // Its members are missing in the middle of it; without its gate it is over.
  if (sandbox.rollback !== null && lives(seen, 'gate')) return { do: 'rollback' }
  if (!vital.every((name) => lives(seen, name))) {
    return { do: 'end', reason: overdue(sandbox, now + gateSecondMs) ?? 'died' }
  }

  const end = sandbox.pool === null ? warningDue(sandbox, now) : undefined
  return end ? { do: 'warn', end } : { do: 'rest' }
}

/** A gate knows whole seconds alone: what it ends in the last of a lease has not died. */
const gateSecondMs = 1_000

const preStopDue = (sandbox: Sandbox, now: number) =>
  sandbox.state === 'ready' &&
  // One that nobody has had runs nothing of its blueprint’s.
  sandbox.pool === null &&
  sandbox.blueprint.preStop !== undefined &&
  sandbox.preStopAt === null &&
  // What is held still or half made runs no command.
  sandbox.pausedAt === null &&
  sandbox.rollback === null &&
  now < deadlineOf(sandbox)

const lives = (seen: readonly ContainerStatus[], name: string) =>
  seen.some(
    (container) => container.name === name && ['running', 'paused'].includes(container.state),
  )

const runs = (seen: readonly ContainerStatus[]) =>
  vital.every((name) => seen.some((one) => one.name === name && one.state === 'running'))
