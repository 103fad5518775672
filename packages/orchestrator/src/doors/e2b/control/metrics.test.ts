import type { SandboxMetrics } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { openControl } from '../testing/control-under-test.ts'
import { metricsOf } from './metrics.ts'

const measured: SandboxMetrics = {
  at: '2026-01-01T00:00:00.900Z',
  cpu: { usedCores: 0.5, limitCores: 2, usedSeconds: 9 },
  memory: { usedBytes: 100, cacheBytes: 7, limitBytes: 1000 },
  processes: { count: 3, limit: 256 },
  disk: { guard: 'watchdog', limitBytes: 5000, limitInodes: 9, usedBytes: 40, usedInodes: 2 },
  containers: [],
}
const now = Date.parse(measured.at) / 1000

test('what is measured is told in words of E2B’s', () => {
  expect(metricsOf(measured, {})).toEqual([
    {
      ...{ timestamp: measured.at, timestampUnix: Math.floor(now) },
      ...{ cpuCount: 2, cpuUsedPct: 25, memUsed: 100, memTotal: 1000, memCache: 7 },
      ...{ diskUsed: 40, diskTotal: 5000 },
    },
  ])
})

test('of a time that is not now there is nothing to tell', () => {
  expect(metricsOf(measured, { start: now - 60, end: now + 1 })).toHaveLength(1)
  expect(metricsOf(measured, { end: now - 60 })).toEqual([])
  expect(metricsOf(measured, { start: now + 60 })).toEqual([])
})

test('a sandbox is measured at its address, paused or not', async () => {
  await using control = await openControl()
  const { ask, lifecycle } = control
  const { id } = await lifecycle.create()
  const at = `/sandboxes/${id}`
  const { body } = await ask('GET', `${at}/metrics`)
  await ask('POST', `${at}/pause`)

  expect(body).toMatchObject([{ memUsed: expect.any(Number), diskTotal: expect.any(Number) }])
  expect(await ask('GET', `${at}/metrics`)).toMatchObject({ status: 200, body: [{}] })
  expect(await ask('GET', `${at}/metrics?start=x`)).toMatchObject({ status: 400 })
  expect(await ask('GET', `${at}/metrics`, { key: 'sdk_key' })).toMatchObject({ status: 401 })
})
