import type { ContainerMetrics, SandboxMetrics } from '@stuntdouble/sdk/wire'
import type { ContainerSpec, ContainerUsage } from '../engine/engine.ts'
import { pause } from '../lib/every.ts'
import type { Desk } from './desk.ts'
import { diskView } from './disk-bound.ts'
import { podOf } from './pod.ts'
import type { Roster } from './roster.ts'

/** Throws what `Roster.ready` does; one that is paused is measured as well. Takes a quarter of a second. */
export type Metrics = (id: string, signal: AbortSignal) => Promise<SandboxMetrics>

/** Between two looks: engines count processor time, and do not tell a rate. */
const betweenLooksMs = 250

export function createMetrics(
  { engine, kinds, diskUses, clock }: Pick<Desk, 'engine' | 'kinds' | 'diskUses' | 'clock'>,
  roster: Pick<Roster, 'ready'>,
): Metrics {
  return async (id, signal) => {
    const sandbox = roster.ready(id)
    const before = await engine.usage(id, signal)
    await pause(betweenLooksMs, signal)
    signal.throwIfAborted()
    const after = await engine.usage(id, signal)
    const services = Object.keys(sandbox.blueprint.services)
    const containers = podOf(sandbox, kinds, { services }).containers.flatMap((container) =>
      measured(container, before, after),
    )
    return {
      at: new Date(clock()).toISOString(),
      ...sumOf(containers),
      disk: diskView(sandbox.blueprint, diskUses.get(id)),
      containers,
    }
  }
}

type Usages = readonly ContainerUsage[]

function measured(container: ContainerSpec, before: Usages, after: Usages): ContainerMetrics[] {
  const { name, limits } = container
  const [first, last] = [before, after].map((usages) => usages.find((each) => each.name === name))
  if (!last) return []
  const usedCores = coresOf(first, last)
  return [
    {
      name,
      cpu: { usedCores, limitCores: limits.cpus, usedSeconds: last.cpuSeconds },
      memory: {
        usedBytes: last.memoryBytes,
        cacheBytes: last.cacheBytes,
        limitBytes: limits.memoryBytes,
      },
      processes: { count: last.processes, limit: limits.pids },
    },
  ]
}

/** One that was started anew in between has spent less than before. */
function coresOf(first: ContainerUsage | undefined, last: ContainerUsage): number {
  const seconds = (last.at - (first?.at ?? last.at)) / 1000
  const spent = last.cpuSeconds - (first?.cpuSeconds ?? 0)
  return seconds > 0 && spent > 0 ? Math.round((spent / seconds) * 1000) / 1000 : 0
}

function sumOf(containers: readonly ContainerMetrics[]) {
  const sum = (of: (container: ContainerMetrics) => number) =>
    containers.reduce((total, container) => total + of(container), 0)
  return {
    cpu: {
      usedCores: sum(({ cpu }) => cpu.usedCores),
      limitCores: sum(({ cpu }) => cpu.limitCores),
      usedSeconds: sum(({ cpu }) => cpu.usedSeconds),
    },
    memory: {
      usedBytes: sum(({ memory }) => memory.usedBytes),
      cacheBytes: sum(({ memory }) => memory.cacheBytes),
      limitBytes: sum(({ memory }) => memory.limitBytes),
    },
    processes: {
      count: sum(({ processes }) => processes.count),
      limit: sum(({ processes }) => processes.limit),
    },
  }
}
