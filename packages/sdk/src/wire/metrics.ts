import { z } from 'zod'
import { DiskView } from './disk.ts'
import { Timestamp } from './units.ts'

const Cpu = z.object({
  /** In the last quarter of a second, in cores. */
  usedCores: z.number(),
  limitCores: z.number(),
  /** Since it was started. */
  usedSeconds: z.number(),
})
/** What is used is without the cache: files that were read, which the kernel would give back at once. */
const Memory = z.object({ usedBytes: z.int(), cacheBytes: z.int(), limitBytes: z.int() })
const Processes = z.object({ count: z.int(), limit: z.int() })

/** `workspace`, or the name of a database or a service. */
export const ContainerMetrics = z.object({
  ...{ name: z.string(), cpu: Cpu, memory: Memory, processes: Processes },
})
export type ContainerMetrics = z.infer<typeof ContainerMetrics>

/** What a sandbox uses of the machine, as the engine counts it, beside what it may. */
export const SandboxMetrics = z.object({
  at: Timestamp,
  ...{ cpu: Cpu, memory: Memory, processes: Processes, disk: DiskView },
  /** Those that run; the sums above are theirs. */
  containers: z.array(ContainerMetrics),
})
export type SandboxMetrics = z.infer<typeof SandboxMetrics>
