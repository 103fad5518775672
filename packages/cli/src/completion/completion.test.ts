import { access } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startFakeOrchestrator } from '@stuntdouble/sdk/testing/fake-orchestrator'
import { CreateSandboxRequest } from '@stuntdouble/sdk/wire'
import { afterEach, expect, test, vi } from 'vitest'
import { Cli, runCli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

afterEach(() => void vi.useRealTimers())

async function withSandbox() {
  const orchestrator = await startFakeOrchestrator()
  const blueprint = { data: { shopdb: { source: 'shop' } } }
  const { view } = orchestrator.state.create(CreateSandboxRequest.parse({ blueprint }))
  return Object.assign(orchestrator, { id: view.id })
}

type Fake = Parameters<typeof runCli>[0]

async function completed(orchestrator: Fake, ...words: readonly string[]) {
  const { code, stdout, stderr } = await runCli(orchestrator, '__complete', '--', ...words)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').slice(0, -1)
}

test.each([
  [['snap'], ['snapshot']],
  [
    ['snapshot', ''],
    ['build', 'ls', 'show', 'rm', 'help'],
  ],
  [['--json', 'snapshot', 'b'], ['build']],
  [['--config', 'pool', 'dif'], ['diff']],
  [['ls', '--a'], ['--all']],
  [
    ['down', '--'],
    ['--all', '--yes', '--force', '--json', '--config', '--help'],
  ],
  [
    ['mcp', 'install', '--client', 'c'],
    ['claude', 'codex', 'cursor'],
  ],
  [['mcp', 'install', '--client=cu'], ['--client=cursor']],
  // As bash splits the same.
  [
    ['mcp', 'install', '--client', '='],
    ['claude', 'codex', 'cursor', 'vscode'],
  ],
  [['mcp', 'install', '--client', '=', 'cu'], ['cursor']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['exec', 'sb1', '--', 'sn'], []],
  [['up', '--blueprint', ''], []],
  [['nonsense', 'sn'], []],
  [['__comp'], []],
  [[], 31],
])('%j becomes %j, with nobody asked', async (words, expected) => {
  const found = await completed(undefined, ...words)
  if (typeof expected === 'number') expect(found.length).toBeGreaterThan(expected)
  else expect(found).toEqual(expected)
})

test('names are those of the orchestrator that runs', async () => {
  await using orchestrator = await withSandbox()
  const { id, state } = orchestrator
  const { machine, view } = state.get(id)
  const made = { createdAt: view.createdAt, machine }
  state.checkpoints.set(id, [
    { name: 'after', ...made },
    { name: 'before', ...made },
  ])
  const other = state.create(CreateSandboxRequest.parse({})).view.id
  const ask = (...words: readonly string[]) => completed(orchestrator, ...words)

  expect(await ask('url', id.slice(0, -1))).toContain(id)
  expect(await ask('down', id, '')).toEqual([other])
  expect(await ask('rollback', id, 'be')).toEqual(['before'])
  expect(await ask('checkpoint', 'rm', id, 'before', 'af')).toEqual(['after'])
  expect(await ask('fork', id, '--from', '')).toHaveLength(2)
  expect(await ask('db', id, '')).toEqual(['shopdb'])
  expect(await ask('snapshot', 'build', '--source', '')).toEqual(['shop'])
  expect(await ask('snapshot', 'rm', '')).toEqual(['sn000000000001'])
  expect(await ask('rollback', 'sbnone', '')).toEqual([])
})

test('where no orchestrator runs, none is started and nothing is said', async () => {
  await using home = await temporaryDirectory()
  const env = { XDG_STATE_HOME: home.path }
  const orchestratorMain = join(import.meta.dirname, '../testing/fake-main.ts')
  const ran = await new Cli(undefined, { env, orchestratorMain }).run('__complete', '--', 'url', '')

  expect(ran).toEqual({ code: 0, stdout: '', stderr: '' })
  await expect(access(join(home.path, 'stuntdouble'))).rejects.toThrow('ENOENT')
})

test.each([
  { STUNTDOUBLE_URL: 'http://127.0.0.1:1', STUNTDOUBLE_API_KEY: 'sk_any' },
  { STUNTDOUBLE_URL: 'http://127.0.0.1:1' },
])('an orchestrator that cannot be asked is none: %j', async (env) => {
  const ran = await new Cli(undefined, { env }).run('__complete', '--', 'url', '')
  expect(ran).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('an orchestrator that does not answer is not waited for', async () => {
  const asked = Promise.withResolvers<void>()
  await using server = createServer(() => asked.resolve()).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const env = { STUNTDOUBLE_URL: `http://127.0.0.1:${port}`, STUNTDOUBLE_API_KEY: 'sk_any' }
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const ran = new Cli(undefined, { env }).run('__complete', '--', 'url', '')
  await asked.promise
  await vi.advanceTimersByTimeAsync(1_500)

  expect(await ran).toEqual({ code: 0, stdout: '', stderr: '' })
  server.closeAllConnections()
})

test('a shell that it has no script for is misuse', async () => {
  const { code, stderr } = await runCli(undefined, 'completion', 'tcsh')
  expect(code).toBe(2)
  expect(stderr).toContain('bash, zsh, fish')
})
