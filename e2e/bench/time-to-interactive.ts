import { percentile } from './statistics.ts'

export interface Outcome {
  /** Null when it failed. */
  readonly ttiMs: number | null
  readonly error?: string
}

const ceilingMs = 10_000
const weights = { median: 0.6, p95: 0.25, p99: 0.15 } as const
const trimmed = 0.05

const timesOf = (outcomes: readonly Outcome[]) => outcomes.flatMap(({ ttiMs }) => ttiMs ?? [])

export function summaryOf(outcomes: readonly Outcome[]) {
  const times = timesOf(outcomes)
  const at = (rank: number) => (times.length === 0 ? null : percentile(times, rank))
  return { median: at(50), p95: at(95), p99: at(99), failed: outcomes.length - times.length }
}

/** 0 to 100, by the formula of ComputeSDK’s METHODOLOGY.md: its weights, ceiling and trimming. */
export function composite(outcomes: readonly Outcome[]): number {
  const sorted = timesOf(outcomes).toSorted((one, other) => one - other)
  const cut = Math.floor(sorted.length * trimmed)
  const times = sorted.slice(cut, sorted.length - cut)
  if (times.length === 0) return 0
  const score = (rank: number) => 100 * Math.max(0, 1 - percentile(times, rank) / ceilingMs)
  const timing = weights.median * score(50) + weights.p95 * score(95) + weights.p99 * score(99)
  return timing * (sorted.length / outcomes.length)
}
