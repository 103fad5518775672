import type { SandboxMetrics } from '../wire/metrics.ts'

const gibibyte = 2 ** 30

/** Of a workspace that rests. */
export function fakeMetrics(now: number): SandboxMetrics {
  const used = {
    cpu: { usedCores: 0, limitCores: 1, usedSeconds: 0.5 },
    memory: { usedBytes: 2 ** 20, cacheBytes: 0, limitBytes: gibibyte },
    processes: { count: 1, limit: 256 },
  }
  const disk = { limitBytes: gibibyte, limitInodes: 131_072, usedBytes: 0, usedInodes: 0 }
  return {
    at: new Date(now).toISOString(),
    ...used,
    disk: { guard: 'watchdog', ...disk },
    containers: [{ name: 'workspace', ...used }],
  }
}
