import { once } from 'node:events'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readLocalOrchestrator } from '@stuntdouble/sdk/node'
import { expect, test, vi } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { isAlive } from './running.ts'

// Processes start, and on a busy machine slowly.
vi.setConfig({ testTimeout: 30_000 })

const orchestratorMain = fileURLToPath(new URL('../testing/fake-main.ts', import.meta.url))
const config = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
`

/** A machine with a state directory of its own; whatever was started on it ends with the scope. */
async function machine(files: Readonly<Record<string, string>> = { 'stuntdouble.yaml': config }) {
  const directory = await temporaryDirectory(files)
  const env = {
    XDG_STATE_HOME: join(directory.path, 'state'),
    SHOP_URL: 'postgres://u:hunter2@h/shop',
  }
  const state = join(env.XDG_STATE_HOME, 'stuntdouble')
  const lines = async () => {
    const text = await readFile(join(state, 'starts'), 'utf8').catch(() => '')
    return text.split('\n').filter(Boolean)
  }
  return {
    state,
    path: directory.path,
    starts: async () => (await lines()).length,
    running: () => readLocalOrchestrator(env),
    cli: (extra: Readonly<Record<string, string>> = {}) =>
      new Cli(undefined, { env: { ...env, ...extra }, cwd: directory.path, orchestratorMain }),
    async [Symbol.asyncDispose]() {
      for (const line of await lines()) end(Number(line.split(' ')[0]))
      await directory[Symbol.asyncDispose]()
    },
  }
}

function end(pid: number) {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

test('the first command starts an orchestrator with the configuration found here, the next uses it', async () => {
  await using here = await machine()
  expect(await here.cli().run('up', '--json')).toMatchObject({ code: 0 })
  expect(await here.cli().run('up', '--json')).toMatchObject({ code: 0 })
  expect(await here.starts()).toBe(1)
  expect(await here.running()).toMatchObject({ configPath: join(here.path, 'stuntdouble.yaml') })
})

test('two commands at once start one', async () => {
  await using here = await machine()
  const both = await Promise.all([here.cli().run('ls', '--json'), here.cli().run('ls', '--json')])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(await here.starts()).toBe(1)
})

test.each(['SHOP_URL', 'the file'])('%s having changed, it is restarted once', async (what) => {
  await using here = await machine()
  await here.cli().run('up')
  const before = await here.running()
  const env = what === 'SHOP_URL' ? { SHOP_URL: 'postgres://u:other@h/shop' } : {}
  if (what === 'the file') await writeFile(join(here.path, 'stuntdouble.yaml'), `${config}\n`)

  await here.cli(env).run('up')
  await here.cli(env).run('up')
  expect(await here.starts()).toBe(2)
  expect(isAlive(before?.pid ?? 0)).toBe(false)
})

test('one that runs is left alone by a configuration it could not be restarted on', async () => {
  await using here = await machine()
  await here.cli().run('up')
  const before = await here.running()
  const mistake = { FAKE_MISTAKE: 'stuntdouble.yaml:2: sources.shop.url: must be a URL' }

  const { code, stderr } = await here.cli({ ...mistake, SHOP_URL: 'changed' }).run('up')
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `error: ${mistake.FAKE_MISTAKE}\nhint:  Correct it. The orchestrator that runs is left as it was.\n`,
  })
  expect(isAlive(before?.pid ?? 0)).toBe(true)
  expect(await here.cli().run('up')).toMatchObject({ code: 0 })
  expect(await here.starts()).toBe(1)
})

test('a verb that needs no configuration restarts nothing', async () => {
  await using here = await machine()
  await here.cli().run('up')
  await here.cli({ SHOP_URL: 'changed' }).run('ls')
  expect(await here.starts()).toBe(1)
})

test('one that is at work is not restarted', async () => {
  await using here = await machine()
  await here.cli({ FAKE_BUSY: 'yes' }).run('up')
  const { code, stderr } = await here.cli({ SHOP_URL: 'changed' }).run('up')
  expect(code).toBe(1)
  expect(stderr).toContain('the orchestrator is at work')
})

test('a stranger at the address of an ended one is not shown the key', async () => {
  await using here = await machine()
  const keys: unknown[] = []
  const stranger = createServer((request, response) => {
    keys.push(request.headers.authorization)
    response.end(JSON.stringify({ ok: true, version: '0', installation: 'x', pid: 1 }))
  }).listen(0, '127.0.0.1')
  try {
    await once(stranger, 'listening')
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
    await mkdir(here.state, { recursive: true })
    const left = { url, gatewayUrl: url, pid: process.pid, key: 'sk_secret', configDigest: '' }
    const announcement = { ...left, configPath: null, startedAt: '' }
    await writeFile(join(here.state, 'orchestrator.json'), JSON.stringify(announcement))
    expect(await here.cli().run('ls')).toMatchObject({ code: 0 })
    expect(await here.starts()).toBe(1)
    expect(new Set(keys)).toEqual(new Set([undefined]))
  } finally {
    stranger.close()
  }
})

test('what a crashed one left behind is not believed, nor is its lock', async () => {
  await using here = await machine()
  await here.cli().run('up')
  const crashed = (await here.running())?.pid ?? 0
  end(crashed)
  await expect.poll(() => isAlive(crashed)).toBe(false)
  await writeFile(join(here.state, 'start.lock'), String(crashed))
  expect(await here.cli().run('ls')).toMatchObject({ code: 0 })
  expect(await here.starts()).toBe(2)
})

test('one that cannot start says why, with its own hint, and the code is 69', async () => {
  await using here = await machine()
  const { code, stderr } = await here.cli({ FAKE_REFUSAL: 'No engine answers.' }).run('up')
  expect(code).toBe(69)
  expect(stderr).toBe(
    'error: The local orchestrator did not start: No engine answers.\nhint:  Install one.\n',
  )
})

test('a mistake in the configuration names file, line and key, and starts nothing', async () => {
  await using here = await machine({ 'stuntdouble.yaml': 'sources:\n  shop:\n    kind: mysql\n' })
  const { code, stderr } = await here.cli().run('up')
  expect(code).toBe(2)
  expect(stderr).toContain(
    'stuntdouble.yaml:3: sources.shop.kind: must be one of "postgres", "mariadb", "redis", "files"',
  )
  expect(await here.starts()).toBe(0)
})

test('a configuration that was named and is not there is a mistake', async () => {
  await using here = await machine({})
  const { code, stderr } = await here.cli().run('up', '--config', 'absent.yaml')
  expect(code).toBe(2)
  expect(stderr).toContain('absent.yaml: cannot be read')
})

test('state is for its owner alone, and no password is in it', async () => {
  await using here = await machine()
  await here.cli().run('up')
  const mode = async (file: string) => (await stat(join(here.state, file))).mode & 0o777
  expect(await mode('.')).toBe(0o700)
  expect(await mode('orchestrator.log')).toBe(0o600)
  expect(await mode('config-digest.salt')).toBe(0o600)
  expect(JSON.stringify(await here.running())).not.toContain('hunter2')
})

test('the digest of one installation says nothing to another', async () => {
  await using here = await machine()
  await here.cli().run('up')
  const first = await here.running()
  end(first?.pid ?? 0)
  await expect.poll(() => isAlive(first?.pid ?? 0)).toBe(false)
  await rm(join(here.state, 'config-digest.salt'))
  await here.cli().run('up')
  expect((await here.running())?.configDigest).not.toBe(first?.configDigest)
})

test('serve does not start a second one', async () => {
  await using here = await machine()
  await mkdir(here.state, { recursive: true })
  await here.cli().run('ls')
  expect(await here.cli().run('serve')).toMatchObject({ code: 1 })
  expect(await here.starts()).toBe(1)
})
