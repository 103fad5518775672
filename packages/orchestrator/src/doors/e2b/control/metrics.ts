import type { SandboxMetrics } from '@stuntdouble/sdk/wire'
import type { MetricsQuery } from './messages.ts'

/** E2B keeps what it counted. We count when we are asked, so the present is all that a span may hold. */
export function metricsOf(
  { at, cpu, memory, disk }: SandboxMetrics,
  { start = 0, end = Number.POSITIVE_INFINITY }: MetricsQuery,
) {
  const seconds = Math.floor(Date.parse(at) / 1000)
  if (seconds < start || seconds > end) return []
  const usedPct = cpu.limitCores > 0 ? (cpu.usedCores / cpu.limitCores) * 100 : 0
  return [
    {
      ...{ timestamp: at, timestampUnix: seconds },
      ...{ cpuCount: cpu.limitCores, cpuUsedPct: Math.round(usedPct * 100) / 100 },
      ...{ memUsed: memory.usedBytes, memTotal: memory.limitBytes, memCache: memory.cacheBytes },
      // Volumes are walked from time to time; until the first walk nothing is known.
      ...{ diskUsed: disk.usedBytes ?? 0, diskTotal: disk.limitBytes },
    },
  ]
}
