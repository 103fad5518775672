import type { Diagnosis } from '../engine.ts'
import { isolationUnavailable } from '../isolation-errors.ts'
import { type Runtimes, runtimeFor } from './runtimes.ts'

/** Speaks up where gVisor is there, and registered in another way than a pod needs. */
export function runtimesDiagnoses(runtimes: Runtimes): readonly Diagnosis[] {
  const unfit = Object.entries(runtimes).find(([name]) => name.includes('runsc'))
  if (unfit === undefined || runtimeFor('gvisor', runtimes) !== undefined) return []
  return [
    {
      name: 'runtimes',
      status: 'warn',
      message: `The runtime ${unfit[0]} is registered, but not so that it fits a sandbox.`,
      hint: isolationUnavailable('gvisor').hint,
    },
  ]
}
