import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'

test('what is kept ready is listed beside the room there is', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { code, stdout } = await new Cli(orchestrator).run('pool', 'ls')

  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^DATA .*\ndb=shop +stuntdouble\/workspace +1 \(\+1\) +2 +2\.0 GiB +\d+ s ago +7 +3\n/,
  )
  expect(stdout).toContain(
    '5 of 64 sandboxes, 1 of them kept ready, 8.0 GiB of 64.0 GiB of memory promised; 2 creations wait for room.',
  )
})

test('a drained pool gives its receipts', async () => {
  await using orchestrator = await startFakeOrchestrator()

  expect(await new Cli(orchestrator).run('pool', 'drain')).toMatchObject({
    ...{ code: 0, stdout: '0 sandboxes ended that nobody had.\n' },
  })
  const { stdout } = await new Cli(orchestrator).run('pool', 'drain', '--json')
  expect(JSON.parse(stdout)).toEqual({ receipts: [] })
})
