import type { Check, PoolView } from '@stuntdouble/sdk/wire'

const gibibytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`

/** How much room there is, and what is kept ready in it. */
export function capacityCheck({ size, capacity }: PoolView): Check {
  const { sandboxes, maxSandboxes, memoryBytes, maxMemoryBytes, pooled, waiting } = capacity
  const message = [
    `${sandboxes} of ${maxSandboxes} sandboxes`,
    `${gibibytes(memoryBytes)} of ${gibibytes(maxMemoryBytes)} of memory promised`,
    size === 'off'
      ? 'none kept ready (pool: off)'
      : `${pooled.sandboxes} kept ready (pool: ${size})`,
  ].join(', ')
  if (waiting === 0) return { name: 'capacity', status: 'ok', message }
  return {
    name: 'capacity',
    status: 'warn',
    message: `${message}; ${waiting} waiting for room`,
    hint: 'End sandboxes with `sandbox down ID`, or raise what is short under `limits:` in stuntdouble.yaml.',
  }
}
