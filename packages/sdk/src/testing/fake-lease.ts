import type { CreateSandboxRequest, SandboxView } from '../wire/sandbox.ts'
import { parseDuration } from '../wire/units.ts'

type Lease = Pick<SandboxView, 'createdAt' | 'expiresAt' | 'idleAt'>
type Request = Pick<CreateSandboxRequest, 'ttl' | 'idle' | 'blueprint'>

export function leaseOf({ ttl, idle, blueprint }: Request, now: number): Lease {
  const expiresAt = now + milliseconds(ttl ?? blueprint.ttl)
  const idleAt = Math.min(now + milliseconds(idle ?? blueprint.idle), expiresAt)
  return { createdAt: isoOf(now), expiresAt: isoOf(expiresAt), idleAt: isoOf(idleAt) }
}

/** What a use moves. */
export function touched(
  { expiresAt }: Pick<Lease, 'expiresAt'>,
  { idle, blueprint }: Request,
  now: number,
): Pick<Lease, 'idleAt'> {
  const idleAt = now + milliseconds(idle ?? blueprint.idle)
  return { idleAt: isoOf(Math.min(idleAt, Date.parse(expiresAt))) }
}

/** Why a lease is over; undefined while it runs. Who pauses a sandbox means to come back. */
export function overdue(
  { state, expiresAt, idleAt }: Lease & Pick<SandboxView, 'state'>,
  now: number,
): 'expired' | 'idle' | undefined {
  if (now >= Date.parse(expiresAt)) return 'expired'
  return state !== 'paused' && now >= Date.parse(idleAt) ? 'idle' : undefined
}

const milliseconds = (duration: string) => (parseDuration(duration) ?? 0) * 1000
const isoOf = (at: number) => new Date(at).toISOString()
