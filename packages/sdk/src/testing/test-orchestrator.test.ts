import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { verifyReceipt } from '../receipt/verify-receipt.ts'
import { Sandbox } from '../sandbox/sandbox.ts'
import { runPage } from './run-page.ts'
import { startTestOrchestrator } from './test-orchestrator.ts'

const blueprint = { data: { db: { source: 'shop' } } }

test('commands are answered by the script, by line or by a program, and noted', async () => {
  await using world = await startTestOrchestrator({
    commands: {
      'npm test': { stdout: '1 failing\n', exitCode: 1 },
      build: async ({ files }) => {
        await files.write('/workspace/dist/app.js', 'built')
        return 'done\n'
      },
    },
  })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })

  expect(await box.commands.run('npm test', { env: { CI: '1' } })).toEqual({
    ...{ stdout: '1 failing\n', stderr: '', exitCode: 1 },
  })
  expect((await box.commands.run(['build'])).stdout).toBe('done\n')
  expect(await box.files.readText('dist/app.js')).toBe('built')
  expect(world.asked.commands).toEqual([
    { sandbox: box.id, command: 'npm test', cwd: '/workspace', env: { CI: '1' } },
    { sandbox: box.id, command: ['build'], cwd: '/workspace', env: {} },
  ])
})

test.each(['touch /tmp/stuntdouble-was-here', 'constructor', '__proto__'])(
  '%s without a script runs nothing, and names itself',
  async (line) => {
    await using world = await startTestOrchestrator({ commands: { ls: '' } })
    await using box = await Sandbox.create({ env: world.env, blueprint: {} })
    const { exitCode, stderr } = await box.commands.run(line)

    expect(exitCode).toBe(127)
    expect(stderr).toContain(line)
    await expect(readFile('/tmp/stuntdouble-was-here')).rejects.toThrow('ENOENT')
  },
)

test('a program that throws is a failed command that says so', async () => {
  const commands = () => {
    throw new Error('a mistake in the test')
  }
  await using world = await startTestOrchestrator({ commands })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })

  expect(await box.commands.run('ls')).toMatchObject({
    ...{ exitCode: 70, stderr: expect.stringContaining('a mistake in the test') },
  })
})

test('a program hears of the end of its command', async () => {
  const heard = Promise.withResolvers<AbortSignal>()
  const commands = ({ signal }: { signal: AbortSignal }) => {
    heard.resolve(signal)
    return new Promise<undefined>(() => {})
  }
  await using world = await startTestOrchestrator({ commands })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  const running = box.commands.run('sleep')
  running.catch(() => {})
  const signal = await heard.promise
  world.advance('2h')

  await expect(running).rejects.toMatchObject({ code: 'sandbox_gone' })
  expect(signal.aborted).toBe(true)
})

test('statements are answered by the script, as rows or whole, and noted', async () => {
  const sql = 'SELECT id, email, paid FROM people'
  await using world = await startTestOrchestrator({
    queries: {
      [sql]: [
        { id: 1, email: 'a@example.test', paid: true },
        { id: 2, email: null, paid: false },
      ],
      'DELETE FROM people': { columns: [], rows: [], affected: 2, more: false },
    },
  })
  await using box = await Sandbox.create({ env: world.env, blueprint })
  const { columns, rows } = await box.db.query(sql)

  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    ...['id integer', 'email text', 'paid boolean'],
  ])
  expect(rows).toEqual([
    [1, 'a@example.test', true],
    [2, null, false],
  ])
  expect(await box.db.query(sql, [], { maxRows: 1 })).toMatchObject({ rows: [rows[0]], more: true })
  expect((await box.db.query('DELETE FROM people', ['x'])).affected).toBe(2)
  expect(world.asked.queries.at(-1)).toEqual({
    ...{ sandbox: box.id, database: 'db', sql: 'DELETE FROM people' },
    ...{ parameters: ['x'], readOnly: false },
  })
  await expect(box.db.query('DROP TABLE people')).rejects.toMatchObject({ code: 'usage' })
})

test('every sandbox begins with the files it is seeded with, and what is written is noted', async () => {
  const files = { 'README.md': '# Hello', '/etc/motd': Uint8Array.of(104, 105) }
  await using world = await startTestOrchestrator({ files })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  await box.files.write('README.md', 'changed')
  await using other = await Sandbox.create({ env: world.env, blueprint: {} })

  expect(await box.files.readText('/etc/motd')).toBe('hi')
  expect(await other.files.readText('README.md')).toBe('# Hello')
  expect(world.asked.writes).toEqual([
    { sandbox: box.id, path: '/workspace/README.md', content: Buffer.from('changed') },
  ])
})

test('a clock that is moved ends what is over by then, and says why', async () => {
  const now = Date.parse('2030-01-01T00:00:00Z')
  await using world = await startTestOrchestrator({ now: () => now })
  const options = { env: world.env, blueprint: {}, ttl: '1h', idle: '20m' }
  const box = await Sandbox.create(options)
  const paused = await Sandbox.create(options)
  await paused.pause()
  world.advance('19m')
  await box.files.list()
  world.advance('19m')

  expect(box.expiresAt).toBe('2030-01-01T01:00:00.000Z')
  expect(world.receipts).toEqual([])
  world.advance('1m')
  expect(world.receipts).toMatchObject([{ id: box.id, reason: 'idle' }])
  world.advance('21m')
  expect(world.receipts).toMatchObject([
    { reason: 'idle' },
    { id: paused.id, reason: 'expired', endedAt: '2030-01-01T01:00:00.000Z' },
  ])
  await expect(box.files.list()).rejects.toMatchObject({ code: 'sandbox_gone' })
  for (const receipt of world.receipts)
    expect(await verifyReceipt(receipt, world.publicKey)).toBe(true)
  expect(() => world.advance('soon')).toThrow('no duration')
})

test('files are not removed all at once', async () => {
  await using world = await startTestOrchestrator({ files: { x: 'there' } })
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })

  await expect(box.files.remove('/')).rejects.toMatchObject({ code: 'forbidden' })
  expect(await box.files.readText('x')).toBe('there')
})

test('two creations without a key are two sandboxes', async () => {
  await using world = await startTestOrchestrator()
  const headers = { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: '{}' }
  await fetch(`${world.url}/v1/sandboxes`, request)
  await fetch(`${world.url}/v1/sandboxes`, request)

  expect(await Sandbox.list({ env: world.env })).toHaveLength(2)
})

test('paths that try to leave stay inside, and touch nothing of this machine', async () => {
  await using world = await startTestOrchestrator()
  await using box = await Sandbox.create({ env: world.env, blueprint: {} })
  const outside = `${'%2e%2e%2f'.repeat(12)}etc%2fpasswd`

  expect((await fetch(`${box.url}/files/${outside}`)).status).toBe(404)
  await fetch(`${box.url}/files/${outside}`, { method: 'PUT', body: 'mine' })
  expect(await box.files.readText('/etc/passwd')).toBe('mine')
  expect(await readFile('/etc/passwd', 'utf8')).not.toBe('mine')
})

test('the tests of docs/testing.md pass as they are written', async () => {
  const args = ['--test', '--test-reporter=tap']

  expect(await runPage('testing.md', { args })).toContain('# pass 2\n')
})
