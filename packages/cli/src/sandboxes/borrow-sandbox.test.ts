import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

async function open() {
  const orchestrator = await startFakeOrchestrator()
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({}))
  const directory = await temporaryDirectory({ 'a.txt': 'a' })
  const cli = new Cli(orchestrator, {
    cwd: directory.path,
    env: { STUNTDOUBLE_URL: orchestrator.url, STUNTDOUBLE_API_KEY: orchestrator.apiKey },
  })
  return {
    ...{ cli, id: view.id, state: orchestrator.state },
    async [Symbol.asyncDispose]() {
      await orchestrator[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

test.each([
  ['exec ID -- true', 0],
  ['exec ID -- exit 3', 3],
  ['exec ID --json -- true', 0],
  ['sh ID', 0],
  ['cp a.txt ID:/workspace/', 0],
  ['cp ID:/absent .', 3],
])('%s leaves no capability behind', async (line, expected) => {
  await using here = await open()
  here.cli.stdin.end()
  const [verb = '', ...words] = line.replace('ID', here.id).split(' ')
  const issue = vi.spyOn(here.state, 'issue')

  expect(await here.cli.run(verb, ...words)).toMatchObject({ code: expected })
  expect(issue.mock.calls).toEqual([[here.id, '2m']])
  expect(here.state.issued.size).toBe(0)
})

test('a capability is renewed while its verb lasts', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  await using here = await open()
  const running = here.cli.run('exec', here.id, '--', 'echo ready; read line')
  await here.cli.stdout.until('ready')
  const [token] = [...here.state.issued.keys()]

  vi.advanceTimersByTime(60_000)
  await expect.poll(() => [...here.state.renewed]).toEqual([token])
  here.cli.stdin.end('done\n')
  expect(await running).toMatchObject({ code: 0 })
  expect(vi.getTimerCount()).toBe(0)
})

test('a verb ends well where its capability cannot be revoked', async () => {
  await using here = await open()
  here.state.issued.delete = () => {
    throw new Error('the orchestrator fails')
  }

  expect(await here.cli.run('exec', here.id, '--', 'true')).toMatchObject({ code: 0 })
})
