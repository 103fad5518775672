import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

test('secrets check names each place with what to do, and ends with 5', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using directory = await temporaryDirectory({ 'a.ts': 'hunter2', '.env': 'A=1' })
  const cli = new Cli(orchestrator, { cwd: directory.path })
  const { code, stdout } = await cli.run('secrets', 'check')

  expect(code).toBe(5)
  expect(stdout).toContain('src/a.ts:3: looks like a secret (github)\n      Remove it.\n')
  expect(stdout).toMatch(/^REFUSED, 1 found: 1 files, .*, 1 left out by their names\.$/m)
})

test('secrets check of a clean directory ends well, with one object for programs', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using directory = await temporaryDirectory({ 'sub/a.ts': 'nothing' })
  const cli = new Cli(orchestrator, { cwd: directory.path })
  const { code, stdout } = await cli.run('secrets', 'check', 'sub', '--json')

  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ clean: true, findings: [], files: 1, leftOut: [] })
})

test('history is looked into where it is asked for', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using directory = await temporaryDirectory({ 'a.ts': 'x', '.git/logs/HEAD': 'hunter2' })
  const check = (...options: string[]) =>
    new Cli(orchestrator, { cwd: directory.path }).run('secrets', 'check', ...options)

  expect(await check()).toMatchObject({ code: 0 })
  expect(await check('--history')).toMatchObject({ code: 5 })
})
