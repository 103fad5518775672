import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { Handover } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programOf } from '../script/lib/doc-blocks.ts'
import { runCommand } from './lib/command-result.ts'
import { disposeAll } from './lib/dispose-all.ts'
import { repository } from './lib/images.ts'
import { oldestNode, PackedSdk } from './lib/packed-sdk.ts'
import { type Production, startProduction } from './lib/production.ts'
import { runtimes } from './lib/runtimes.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

let production: Production
let stuntdouble: Stuntdouble
let box: Sandbox

beforeAll(async () => {
  production = await startProduction()
  await production.query(`
    CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE NOT NULL, balance numeric(10,2));
    INSERT INTO people SELECT n, 'person' || n || '@corp.example', n FROM generate_series(1, 500) n`)
  stuntdouble = await Stuntdouble.open({
    env: { SHOP_URL: production.url },
    files: {
      'stuntdouble.yaml': `sources:\n  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }\n`,
      'sandbox.yaml': 'ttl: 20m\ndata: { db: { source: shop } }\n',
    },
  })
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
  const { url } = await stuntdouble.json<Handover>(['up'])
  box = await Sandbox.connect(url, { env: stuntdouble.env })
})
afterAll(() => disposeAll(stuntdouble, production))

describe('db.query', () => {
  test('asks with parameters, and answers masked rows', async () => {
    const sql = 'SELECT id, email, balance FROM people WHERE id = $1'
    const { columns, rows } = await box.db.query(sql, [7])

    expect(columns.map(({ type }) => type)).toEqual(['integer', 'text', 'numeric'])
    expect(rows).toEqual([[7, expect.stringContaining('@'), expect.anything()]])
    expect(JSON.stringify(rows)).not.toContain('person7@corp.example')
  })

  test('is asked by psql as well, through an address of this machine', async () => {
    const psql = ['db', box.id, '--', '-XAtc', 'SELECT count(*) FROM people']
    const { stdout, stderr, exitCode } = await stuntdouble.run(psql)

    expect([stdout, stderr, exitCode]).toEqual(['500\n', '', 0])
  })

  test('keeps to its bounds, each of which says so', async () => {
    const { rows, more } = await box.db.query('SELECT id FROM people', [], { maxRows: 2 })
    const writing = box.db.query('DELETE FROM people', [], { readOnly: true })
    const waiting = box.db.query('SELECT pg_sleep(30)', [], { timeoutMs: 500 })

    expect([rows.length, more]).toEqual([2, true])
    await expect(writing).rejects.toMatchObject({ code: 'usage' })
    await expect(waiting).rejects.toMatchObject({ code: 'timed_out' })
  })

  test('aborting ends the statement in the server', async () => {
    const abort = new AbortController()
    const { signal } = abort
    const running = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(120)'"
    const sleepers = async () => (await box.db.query(running)).rows[0]?.[0]
    const asking = box.db.query('SELECT pg_sleep(120)', [], { signal })
    asking.catch(() => {})
    await expect.poll(sleepers, { timeout: 20_000 }).toBe(1)
    abort.abort()

    await expect(asking).rejects.toThrow()
    await expect.poll(sleepers, { timeout: 20_000 }).toBe(0)
  })
})

describe('a terminal', () => {
  test('has the size it asked for and the one it got later, and ends with an exit code', async () => {
    await using terminal = await box.pty.create({ cols: 91, rows: 17, command: 'sh' })
    const decoder = new TextDecoder()
    let screen = ''
    const reading = (async () => {
      for await (const bytes of terminal) screen += decoder.decode(bytes, { stream: true })
    })()
    await terminal.write('stty size\n')
    await expect.poll(() => screen, { timeout: 20_000 }).toContain('17 91')
    terminal.resize({ cols: 120, rows: 33 })
    const isResized = async () => {
      await terminal.write('stty size\n')
      return screen
    }
    await expect.poll(isResized, { timeout: 20_000 }).toContain('33 120')
    await terminal.write('exit 5\n')

    expect(await terminal.exit).toBe(5)
    await reading
  })

  test('takes its program along when it is closed', async () => {
    {
      await using _terminal = await box.pty.create({ cols: 80, rows: 24, command: 'sleep 4711' })
      const found = () => box.commands.run(['pgrep', '-f', 'sleep 4711'])
      await expect.poll(async () => (await found()).exitCode, { timeout: 20_000 }).toBe(0)
    }
    const left = () => box.commands.run(['pgrep', '-f', 'sleep 4711'])
    await expect.poll(async () => (await left()).exitCode, { timeout: 20_000 }).toBe(1)
  })

  test('is refused to whoever does not hold the sandbox, by its reason', async () => {
    const last = box.url.at(-1) === 'A' ? 'Q' : 'A'
    await expect(Sandbox.connect(`${box.url.slice(0, -1)}${last}`)).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })
})

// Each runtime has its own quotes for strings in lists.
const said = (stdout: string) => stdout.replaceAll('"', "'").split('\n')
const expected = [
  ...['Hello 0', "[ 'id', 'email' ] 2 false", 'true 3', 'true', 'ready true', 'true', ''],
]

test.each(runtimes)(
  'the program of docs/sdk.md works as it is written in $name',
  async (runtime) => {
    const program = programOf('docs/sdk.md', 'ts')
    await stuntdouble.write({ 'program.ts': program, 'package.json': '{}' })
    const modules = join(stuntdouble.project, 'node_modules')
    await rm(modules, { force: true })
    await symlink(join(repository, 'e2e/node_modules'), modules)
    const { stdout, stderr, exitCode } = await runCommand({
      ...{ file: runtime.file, args: [...runtime.args, 'program.ts'], cwd: stuntdouble.project },
      ...{
        timeoutMs: 120_000,
        env: { ...stuntdouble.env, DENO_DIR: join(stuntdouble.root, 'deno') },
      },
    })

    expect(exitCode, stderr).toBe(0)
    expect(said(stdout)).toEqual(expected)
  },
)

test('the same program works with the packed SDK in the oldest Node that it is for', async () => {
  const { root, project: cwd, env } = stuntdouble
  const user = await PackedSdk.install(join(root, 'user'), env)
  const program = await user.compile(programOf('docs/sdk.md', 'ts'))
  const run = { file: oldestNode, args: [program], cwd, env, timeoutMs: 120_000 }
  const { stdout, stderr, exitCode } = await runCommand(run)

  expect(exitCode, stderr).toBe(0)
  expect(said(stdout)).toEqual(expected)
})
