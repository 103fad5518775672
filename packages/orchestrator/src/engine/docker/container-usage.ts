import { z } from 'zod'
import type { ContainerUsage } from '../engine.ts'
import type { DockerClient } from './docker-client.ts'
import { isGone, statusOf } from './docker-errors.ts'

/** What of the engine’s statistics we look at; of a container that has just ended much is missing. */
const Stats = z.object({
  read: z.string(),
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({
    usage: z.number(),
    /** `total_inactive_file` of control groups 1, which count their children apart. */
    stats: z.object({
      total_inactive_file: z.number().optional(),
      inactive_file: z.number().optional(),
    }),
  }),
  pids_stats: z.object({ current: z.number() }),
})

/** Of the members that run; one that ends meanwhile is left out. */
export async function usageOf(
  client: DockerClient,
  pod: string,
  signal: AbortSignal,
): Promise<readonly ContainerUsage[]> {
  // Not those that kill a command: they are ours, and gone at once.
  const running = (await client.find(signal, pod)).filter(
    ({ state, name }) => state === 'running' && !name.includes('.'),
  )
  const found = running.map(async ({ id, name }) => {
    const stats = Stats.safeParse(await statsOf(client, id, signal))
    return stats.success ? [usageIn(name, stats.data)] : []
  })
  return (await Promise.all(found)).flat()
}

function usageIn(name: string, stats: z.infer<typeof Stats>): ContainerUsage {
  const { usage, stats: parts } = stats.memory_stats
  const reclaimable = parts.total_inactive_file ?? parts.inactive_file ?? 0
  return {
    ...{ name, at: Date.parse(stats.read) },
    cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
    memoryBytes: Math.max(0, usage - reclaimable),
    cacheBytes: reclaimable,
    processes: stats.pids_stats.current,
  }
}

/** One look: the engine’s usual answer waits a second for another. */
function statsOf(client: DockerClient, id: string, signal: AbortSignal): Promise<unknown> {
  const look = { stream: false, 'one-shot': true, abortSignal: signal } as const
  return client.call('measuring a container', (docker) =>
    docker
      .getContainer(id)
      .stats(look)
      .catch((cause) => {
        if (isGone(cause) || statusOf(cause) === 409) return undefined
        throw cause
      }),
  )
}
