import { type EndReason, parseDuration } from '@stuntdouble/sdk/wire'
import type { Sandbox } from './sandbox.ts'

type Lease = Pick<
  Sandbox,
  'state' | 'createdAt' | 'expiresAt' | 'idleMs' | 'activeAt' | 'pausedAt' | 'blueprint'
>

/** An end that comes if nothing happens until then. */
export interface End {
  readonly reason: 'expired' | 'idle'
  readonly at: number
}

/** What a pre-stop command may take: of the lease it has the last, and a quarter at most. */
export function preStopMs({ blueprint, createdAt, expiresAt }: Lease): number {
  const { preStop } = blueprint
  if (!preStop) return 0
  return Math.min(milliseconds(preStop.timeout), Math.floor((expiresAt - createdAt) / 4))
}

/**
 * The hard end begins before `expiresAt` where a pre-stop command has to come to its end by then. Who
 * waits for a creation is not idle, and who pauses a sandbox means to come back.
 */
function nextEnd(lease: Lease): End {
  const hard = lease.expiresAt - preStopMs(lease)
  const isWaited = lease.state === 'creating' || lease.pausedAt !== null
  const idle = isWaited ? Number.POSITIVE_INFINITY : lease.activeAt + lease.idleMs
  return idle < hard ? { reason: 'idle', at: idle } : { reason: 'expired', at: hard }
}

export const idleAt = (lease: Lease): number => nextEnd(lease).at

/** When the gate ends everything by itself: at the end, or a pre-stop command later; never after the hard end. */
export const deadlineOf = (lease: Lease): number => idleAt(lease) + preStopMs(lease)

/** Why a lease is over at `now`; null while it runs. */
export function overdue(lease: Lease, now: number): EndReason | null {
  if (now >= lease.expiresAt) return 'expired'
  const { reason, at } = nextEnd(lease)
  return now >= at ? reason : null
}

const usualWarningMs = 60_000

/** The end that is near enough to be warned of, and was not yet. */
export function warningDue(lease: Lease & Pick<Sandbox, 'warnedOf'>, now: number): End | undefined {
  const end = nextEnd(lease)
  const length = end.reason === 'idle' ? lease.idleMs : lease.expiresAt - lease.createdAt
  const isNear = now >= end.at - warningMs(lease, length) && now < end.at
  return isNear && lease.warnedOf !== end.at ? end : undefined
}

/** As asked, but not in the first half of what it warns of: each use would be warned of. */
function warningMs({ blueprint: { warnBefore } }: Lease, length: number): number {
  const asked = warnBefore ? milliseconds(warnBefore) : Math.min(usualWarningMs, length / 10)
  return Math.min(asked, length / 2)
}

const milliseconds = (duration: string) => (parseDuration(duration) ?? 0) * 1000
