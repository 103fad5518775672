import { tmpdir } from 'node:os'
import type { Isolation, PoolView } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import type { Diagnosis } from '../engine/engine.ts'
import { capacityCheck } from './capacity-check.ts'
import { examine } from './doctor.ts'

const anySignal = new AbortController().signal

interface Isolations {
  readonly there?: readonly Isolation[]
  readonly demanded?: Isolation
}

const capacity = {
  ...{ sandboxes: 3, maxSandboxes: 64, memoryBytes: 2 ** 30, maxMemoryBytes: 2 ** 35, waiting: 0 },
  pooled: { sandboxes: 1, memoryBytes: 2 ** 28 },
}
const aPool: PoolView = { size: 'auto', blueprints: [], capacity }
const config = loadConfig(null, {})
const examined = (
  diagnoses: readonly Diagnosis[],
  warnings: readonly string[] = [],
  { there = ['runc'], demanded = 'runc' }: Isolations = {},
) =>
  examine(
    {
      engine: { diagnose: async () => diagnoses, isolations: async () => there },
      config: { ...config, limits: { ...config.limits, isolation: demanded }, warnings },
      stateDirectory: tmpdir(),
      address: () => 'http://127.0.0.1:7070',
      pool: () => aPool,
    },
    anySignal,
  )

test('a report has the machine’s, the engine’s and the configuration’s checks', async () => {
  const { ok, checks } = await examined([{ name: 'engine', status: 'ok', message: 'Docker 29' }])

  expect(ok).toBe(true)
  expect(checks.map(({ name }) => name)).toEqual([
    'orchestrator',
    'node',
    'engine',
    'isolation',
    'disk',
    'capacity',
    'config',
  ])
})

test('what fails makes the report fail, and says what to do', async () => {
  const broken = {
    name: 'engine',
    status: 'fail',
    message: 'No engine.',
    hint: 'Start it.',
  } as const
  const { ok, checks } = await examined([broken])

  expect(ok).toBe(false)
  expect(checks).toContainEqual(broken)
})

test('a warning of the configuration is shown and fails nothing', async () => {
  const { ok, checks } = await examined([], ['everyone can read it'])

  expect(ok).toBe(true)
  expect(checks).toContainEqual({ name: 'config', status: 'warn', message: 'everyone can read it' })
})

test('what is not well names the next step', async () => {
  const { checks } = await examined([])

  for (const check of checks.filter(({ status }) => status !== 'ok')) {
    expect(check.hint, check.name).toBeTruthy()
  }
})

test('a shared kernel is an exposure only where no second one is demanded', async () => {
  const check = async (isolations: Isolations) =>
    (await examined([], [], isolations)).checks.find(({ name }) => name === 'isolation')

  const shared = await check({ there: ['runc', 'gvisor'] })
  expect(shared).toMatchObject({ status: 'ok', message: expect.stringContaining('runc, gvisor') })
  expect(shared?.exposure).toContain('sandboxes share this machine’s')
  const second = await check({ there: ['runc', 'gvisor'], demanded: 'gvisor' })
  expect(second?.exposure).toContain('second kernel')
  expect(second?.exposure).not.toContain('sandboxes share')
})

test('an isolation that is demanded and not there fails the report', async () => {
  const { ok, checks } = await examined([], [], { demanded: 'gvisor' })

  expect(ok).toBe(false)
  expect(checks.find(({ name }) => name === 'isolation')?.hint).toContain('--network=host')
})

test('room is told in numbers, and who waits for it is a warning', () => {
  expect(capacityCheck(aPool)).toEqual({
    name: 'capacity',
    status: 'ok',
    message: '3 of 64 sandboxes, 1.0 GiB of 32.0 GiB of memory promised, 1 kept ready (pool: auto)',
  })
  expect(capacityCheck({ ...aPool, capacity: { ...capacity, waiting: 2 } })).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('2 waiting'),
    hint: expect.stringContaining('limits:'),
  })
})
