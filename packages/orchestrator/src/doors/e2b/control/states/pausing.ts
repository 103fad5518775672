import { SandboxError } from '@stuntdouble/sdk/errors'
import type { E2bParts } from '../../e2b.ts'
import { endIn, joined, notServed, running } from '../life.ts'

/** Later than any end that the operator allows. */
const latest = Number.MAX_SAFE_INTEGER

interface Kept {
  readonly memory?: boolean | null | undefined
}

/**
 * Holds it still for as long as the operator lets a sandbox live: its time-out does not run meanwhile.
 * Throws `conflict` for one that is paused, which its clients know.
 */
export async function pauseSandbox(parts: E2bParts, id: string, kept: Kept): Promise<void> {
  refuseReboot(kept)
  if (running(parts, id).state === 'paused') throw alreadyPaused(id)
  await parts.sandboxes.checkpoints.pause(id)
  await parts.sandboxes.endAt(id, latest)
}

interface Wanted extends Kept {
  readonly timeout: number
}

/** One that is paused goes on, and ends so many seconds from now; of another the end moves only later. */
export async function connect(parts: E2bParts, id: string, { timeout, ...kept }: Wanted) {
  refuseReboot(kept)
  if (running(parts, id).state === 'paused') await goOn(parts, id, timeout)
  else await endIn(parts, id, { seconds: timeout, later: true })
  return joined(parts, id)
}

/** What older clients ask for in place of `connect`. Throws `conflict` for one that is not paused. */
export async function resume(parts: E2bParts, id: string, { timeout, ...kept }: Wanted) {
  refuseReboot(kept)
  if (running(parts, id).state !== 'paused') throw notPaused(id)
  await goOn(parts, id, timeout)
  return joined(parts, id)
}

/** The end moves first: should the rest fail, nobody is left with more time than was asked for. */
async function goOn(parts: E2bParts, id: string, timeout: number): Promise<void> {
  await endIn(parts, id, { seconds: Math.max(timeout, 1), later: false })
  await parts.sandboxes.checkpoints.resume(id)
}

function refuseReboot({ memory }: Kept): void {
  if (memory === false)
    throw notServed('A pause without memory', 'Leave out `keepMemory` and `onResume`.')
}

const alreadyPaused = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" is paused already.`, { hint: 'Connect to it.' })

const notPaused = (id: string) =>
  new SandboxError('conflict', `Sandbox "${id}" is not paused.`, { hint: 'Use it as it is.' })
