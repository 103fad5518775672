import type { EndReason } from '@stuntdouble/sdk/wire'
import type { Sandbox } from './sandbox.ts'

type Lease = Pick<Sandbox, 'expiresAt' | 'idleMs' | 'activeAt'>

/** The end if nothing happens until then. */
export const idleAt = (lease: Lease): number =>
  Math.min(lease.expiresAt, lease.activeAt + lease.idleMs)

/** Why a lease is over at `now`; null while it runs. */
export function overdue(lease: Lease, now: number): EndReason | null {
  if (now >= lease.expiresAt) return 'expired'
  return now >= idleAt(lease) ? 'idle' : null
}
