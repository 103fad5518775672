import { DiskView, SandboxMetrics } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { ContainerUsage, Engine } from '../engine/engine.ts'
import type { ServerKinds } from '../sources/sources.ts'
import { createMetrics } from './metrics.ts'
import { aSandbox } from './test-sandbox.ts'
import { openLifecycle } from './testing/lifecycle-under-test.ts'

const usage = (counted: Pick<ContainerUsage, 'at' | 'cpuSeconds'>): ContainerUsage => ({
  ...{ name: 'workspace', memoryBytes: 1000, cacheBytes: 10, processes: 2 },
  ...counted,
})

/** A workspace alone, of which two looks see this. */
async function measuredBetween(first: ContainerUsage, last: ContainerUsage, signal: AbortSignal) {
  const looks = [first, last]
  const engine = { usage: async () => looks.splice(0, 1) } as unknown as Engine
  const desk = { engine, kinds: {} as ServerKinds, diskUses: new Map(), clock: () => 0 }
  return await createMetrics(desk, { ready: () => aSandbox() })('sb000000000000', signal)
}

test('each member is told with its limits, and the sums of them', async ({ signal }) => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  const metrics = await under.sandboxes.metrics(id, signal)

  expect(SandboxMetrics.parse(metrics)).toEqual(metrics)
  expect(metrics.containers.map(({ name }) => name)).toEqual(['workspace', 'db'])
  const [workspace, db] = metrics.containers
  expect(metrics.memory.usedBytes).toBe(
    (workspace?.memory.usedBytes ?? 0) + (db?.memory.usedBytes ?? 0),
  )
  expect(metrics.processes.limit).toBe(
    (workspace?.processes.limit ?? 0) + (db?.processes.limit ?? 0),
  )
  expect(DiskView.parse(metrics.disk).limitBytes).toBeGreaterThan(0)
})

test('a processor that was busy half of the time between two looks is half a core', async ({
  signal,
}) => {
  const { cpu } = await measuredBetween(
    usage({ at: 1000, cpuSeconds: 7 }),
    usage({ at: 1500, cpuSeconds: 7.25 }),
    signal,
  )

  expect(cpu).toEqual({ usedCores: 0.5, limitCores: 1, usedSeconds: 7.25 })
})

test('a container that was started anew between two looks is not said to give time back', async ({
  signal,
}) => {
  const { cpu } = await measuredBetween(
    usage({ at: 1000, cpuSeconds: 7 }),
    usage({ at: 1500, cpuSeconds: 0.1 }),
    signal,
  )

  expect(cpu.usedCores).toBe(0)
})

test('a sandbox that has ended is not measured', async ({ signal }) => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  await under.sandboxes.end(id, 'down')

  await expect(under.sandboxes.metrics(id, signal)).rejects.toMatchObject({ code: 'sandbox_gone' })
})
