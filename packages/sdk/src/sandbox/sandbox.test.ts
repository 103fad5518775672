import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SandboxError } from '../errors.ts'
import { verifyReceipt } from '../receipt/verify-receipt.ts'
import { startFakeOrchestrator } from '../testing/fake-orchestrator.ts'
import { installationKey } from '../testing/fake-receipt.ts'
import { Sandbox } from './sandbox.ts'

const blueprint = { data: { db: { source: 'shop' } } }

test('a sandbox is created from an object, used, and ended with a receipt that verifies', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const phases: string[] = []
  const box = await Sandbox.create({
    ...orchestrator,
    blueprint,
    ttl: '5m',
    onProgress: ({ phase }) => phases.push(phase),
  })

  expect(phases).toEqual(['work'])
  expect(box.db).toMatchObject({ name: 'db', source: 'shop', url: box.databases.db?.url })
  expect(await box.db.local()).toMatchObject({ host: '127.0.0.1' })
  expect(orchestrator.state.get(box.id).request.ttl).toBe('5m')

  const receipt = await box.kill()
  expect(await verifyReceipt(receipt, installationKey)).toBe(true)
  expect(await box.kill()).toEqual(receipt)
})

test('leaving the scope ends the sandbox', async () => {
  await using orchestrator = await startFakeOrchestrator()
  {
    await using box = await Sandbox.create({ ...orchestrator, blueprint: {} })
    expect((await Sandbox.list(orchestrator)).map(({ id }) => id)).toEqual([box.id])
  }
  expect(await Sandbox.list(orchestrator)).toEqual([])
  expect(await Sandbox.list({ ...orchestrator, all: true })).toMatchObject([{ state: 'ended' }])
})

test('a hand-over URL is all that a guest needs', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await Sandbox.create({ ...orchestrator, blueprint })
  const guest = await Sandbox.connect(`${box.url}/`, { env: { HOME: '/nowhere' } })

  expect(guest).toMatchObject({ id: box.id, token: box.token, expiresAt: box.expiresAt })
  expect(await guest.commands.run('echo hello')).toMatchObject({ stdout: 'hello\n' })
  await expect(guest.kill()).rejects.toMatchObject({ code: 'orchestrator_unreachable' })
})

test.each([
  'http://127.0.0.1:1/s/short',
  'file:///s/sd_sb0123456789ab_0123456789012345678901234567890123456789012',
  'not a url',
])('%s is refused as a hand-over URL, and not repeated', async (url) => {
  const error = await Sandbox.connect(url).catch((error: SandboxError) => error)
  expect(error).toMatchObject({ code: 'usage' })
  expect((error as SandboxError).message).not.toContain(url)
})

test('extending moves the end', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await Sandbox.create({ ...orchestrator, blueprint: {} })
  const before = Date.parse(box.expiresAt)
  await box.extend('30m')
  expect(Date.parse(box.expiresAt)).toBe(before + 30 * 60_000)
})

test('a new time-out counts from now, and may be sooner', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await Sandbox.create({ ...orchestrator, blueprint: {}, ttl: '1h' })
  const inAMinute = Date.now() + 60_000
  await box.setTimeout(60_000)

  expect(Math.abs(Date.parse(box.expiresAt) - inAMinute)).toBeLessThan(10_000)
})

test('a database is asked by whoever holds the URL, and one that is not there is named', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await Sandbox.create({ ...orchestrator, blueprint })
  const guest = await Sandbox.connect(box.url, { env: { HOME: '/nowhere' } })

  const { rows } = await guest.db.query('SELECT $1', [7], { maxRows: 5, readOnly: true })
  expect(rows).toEqual([['db', 'SELECT $1', 7]])
  expect(() => guest.database('other')).toThrow('no database "other"')
  await expect(guest.db.query('')).rejects.toMatchObject({ code: 'usage' })
})

test('a report tells what was done, after the end as well', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const box = await Sandbox.create({ ...orchestrator, blueprint })
  await box.kill()

  expect(await box.report()).toMatchObject({
    sandbox: { id: box.id, state: 'ended' },
    events: [{ type: 'created' }],
  })
})

test('aborting a creation tells the server that nobody waits', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const { state } = orchestrator
  state.hold = new Promise(() => {})
  const abort = new AbortController()
  const creating = Sandbox.create({
    ...orchestrator,
    blueprint: {},
    signal: abort.signal,
    onProgress: () => abort.abort(new Error('changed my mind')),
  })
  await expect(creating).rejects.toThrow('changed my mind')
  await expect.poll(() => state.abandoned).toBe(1)
})

test('a failure inside a stream of progress is the server’s own error', async () => {
  await using orchestrator = await startFakeOrchestrator()
  orchestrator.state.failure = new SandboxError('secret_found', 'A key in app.js.', {
    hint: 'Remove it.',
  })
  const creating = Sandbox.create({ ...orchestrator, blueprint: {} })
  await expect(creating).rejects.toMatchObject({ code: 'secret_found', hint: 'Remove it.' })
})

test('a blueprint file names line and key, and nothing is created', async () => {
  await using orchestrator = await startFakeOrchestrator()
  const directory = await mkdtemp(join(tmpdir(), 'blueprint-'))
  try {
    const file = join(directory, 'sandbox.yaml')
    await writeFile(file, 'ttl: 45m\nlimits:\n  cpu: 1\n')
    const creating = Sandbox.create({ ...orchestrator, blueprint: file })
    await expect(creating).rejects.toThrow(`${file}:3: limits.cpu: is not a key`)
    expect(orchestrator.state.requests).toEqual([])
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('without an orchestrator the error says how to get one', async () => {
  const creating = Sandbox.create({ blueprint: {}, env: { XDG_STATE_HOME: '/nowhere' } })
  await expect(creating).rejects.toMatchObject({
    code: 'orchestrator_unreachable',
    hint: expect.stringContaining('sandbox serve'),
  })
})

test('the environment’s key is not sent to an address given as an option', async () => {
  const env = { STUNTDOUBLE_URL: 'http://127.0.0.1:1', STUNTDOUBLE_API_KEY: 'sk_secret' }
  const creating = Sandbox.create({ url: 'http://127.0.0.1:2', env, blueprint: {} })
  await expect(creating).rejects.toMatchObject({ code: 'unauthorized' })
})

test('what was changed inside is told as a list and as a patch', async () => {
  await using orchestrator = await startFakeOrchestrator()
  await using box = await Sandbox.create({ ...orchestrator, blueprint: {} })
  const file = { path: 'a', status: 'deleted', oldMode: '100644', newMode: null } as const
  orchestrator.state.changes = {
    files: [{ ...file, additions: 0, deletions: 1 }],
    ignored: ['dist/'],
    leftOut: [],
  }
  orchestrator.state.patch = Buffer.from('diff --git a/a b/a\n')

  expect(await box.changes()).toEqual({ sandbox: box.id, ...orchestrator.state.changes })
  expect(await new Response(await box.patch()).text()).toBe('diff --git a/a b/a\n')
})
