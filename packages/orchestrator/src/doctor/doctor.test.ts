import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { loadConfig } from '../config/config.ts'
import type { Diagnosis } from '../engine/engine.ts'
import { examine } from './doctor.ts'

const anySignal = new AbortController().signal

const examined = (diagnoses: readonly Diagnosis[], warnings: readonly string[] = []) =>
  examine(
    {
      engine: { diagnose: async () => diagnoses },
      config: { ...loadConfig(null, {}), warnings },
      stateDirectory: tmpdir(),
      address: () => 'http://127.0.0.1:7070',
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
    'disk',
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
