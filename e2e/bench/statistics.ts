/** Nearest rank: a value that was measured, never one in between. */
export function percentile(samples: readonly number[], rank: number): number {
  const sorted = samples.toSorted((left, right) => left - right)
  const index = Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)
  const value = sorted[index]
  if (value === undefined) throw new Error('there are no samples')
  return value
}

export const median = (samples: readonly number[]) => percentile(samples, 50)
