import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { runCli } from '../testing/run-cli.ts'

async function open() {
  const orchestrator = await startFakeOrchestrator()
  const { id } = orchestrator.state.create(CreateSandboxRequest.parse({})).view
  const json = async (...argv: string[]) =>
    JSON.parse((await runCli(orchestrator, ...argv, '--json')).stdout) as unknown
  return Object.assign(orchestrator, { id, json })
}

test('checkpoints are made, listed, gone back to and removed', async () => {
  await using box = await open()
  const { id } = box
  expect((await runCli(box, 'checkpoint', 'ls', id)).stdout).toContain('No checkpoint yet')
  expect(await box.json('checkpoint', id)).toMatchObject({ name: 'checkpoint-1' })
  expect((await runCli(box, 'checkpoint', id.slice(0, 8), 'before')).stdout).toContain(
    `sandbox rollback ${id} before`,
  )

  expect(await box.json('checkpoint', 'ls', id)).toMatchObject({
    checkpoints: [{ name: 'before' }, { name: 'checkpoint-1' }],
  })
  expect(await box.json('rollback', id, 'before')).toMatchObject({ id, state: 'ready' })
  expect(await box.json('rollback', id)).toMatchObject({ id })
  expect(await box.json('checkpoint', 'rm', id, 'before', 'checkpoint-1')).toEqual({
    removed: ['before', 'checkpoint-1'],
  })
  expect(await runCli(box, 'rollback', id)).toMatchObject({ code: 3 })
})

test('forks are handed over, each by its own address', async () => {
  await using box = await open()
  const { sandboxes } = (await box.json('fork', box.id, '3')) as { sandboxes: { url: string }[] }

  expect(new Set(sandboxes.map(({ url }) => url)).size).toBe(3)
  expect((await runCli(box, 'fork', box.id)).stdout).toMatch(/^sb\w+ {2}http/)
  for (const count of ['0', '17', 'many'])
    expect(await runCli(box, 'fork', box.id, count)).toMatchObject({ code: 2 })
})

test('a sandbox is paused and goes on', async () => {
  await using box = await open()
  const { id } = box
  expect((await runCli(box, 'pause', id)).stdout).toContain(`sandbox resume ${id}`)
  expect((await runCli(box, 'ls')).stdout).toContain('paused')
  expect(await box.json('resume', id)).toMatchObject({ id, state: 'ready' })
})
