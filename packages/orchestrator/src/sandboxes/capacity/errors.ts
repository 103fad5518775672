import { SandboxError } from '@stuntdouble/sdk/errors'
import type { Room } from './room.ts'
import type { Taken } from './taken.ts'

interface Full extends Room {
  readonly taken: Taken
  /** What was asked for. */
  readonly memoryBytes: number
  /** When leases end, soonest first. */
  readonly ends: readonly number[]
  readonly now: number
}

/** Nobody should ask again every moment, nor wait for a lease of hours that may end early. */
const soonestSeconds = 2
const latestSeconds = 60

export const noRoom = (full: Full) =>
  new SandboxError('capacity', `There is no room for another sandbox: ${reasonOf(full)}.`, {
    hint: 'End one with `sandbox down ID`, wait in the queue, or raise what is short under `limits:` in stuntdouble.yaml.',
    retryable: true,
    details: { retryAfterSeconds: retryAfter(full), sandboxes: full.taken.sandboxes },
  })

/** More than there is when nobody else is here. */
export const neverFits = (asked: number, allowed: number) =>
  new SandboxError(
    'policy_refused',
    `The blueprint asks for ${gibibytes(asked)} of memory in all; ${gibibytes(allowed)} is what all sandboxes together may take.`,
    {
      hint: 'Ask for less, or raise limits.totalMemory in stuntdouble.yaml.',
    },
  )

function reasonOf({ taken, memoryBytes, ...room }: Full): string {
  if (taken.sandboxes >= room.maxSandboxes)
    return `there are ${taken.sandboxes}, as many as limits.maxSandboxes allows`
  if (room.freeDiskBytes <= room.reservedDiskBytes) return 'the clone pool is full'
  if (taken.memoryBytes + memoryBytes > room.maxMemoryBytes)
    return `those that run may take ${gibibytes(taken.memoryBytes)} of ${gibibytes(room.maxMemoryBytes)} of memory (limits.totalMemory)`
  return `the machine has ${gibibytes(room.availableBytes)} of memory left`
}

function retryAfter({ ends, now }: Full): number {
  const seconds = Math.ceil(((ends[0] ?? now) - now) / 1000)
  return Math.min(Math.max(seconds, soonestSeconds), latestSeconds)
}

const gibibytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`
