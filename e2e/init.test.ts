import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Blueprint, type Handover, type InitResult, type Receipt } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programOf } from '../script/lib/doc-blocks.ts'
import { startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

let stuntdouble: Stuntdouble

beforeAll(async () => {
  stuntdouble = await Stuntdouble.open({
    files: {
      'package.json':
        '{ "name": "shop", "type": "module", "scripts": { "test": "node --test" } }\n',
      'shop.test.js': "import test from 'node:test'\ntest('the shop is open', () => {})\n",
      'compose.yaml':
        'services:\n  db: { image: "postgres:16", environment: { POSTGRES_DB: shop } }\n',
      'migrations/001_orders.sql': 'CREATE TABLE orders (id int PRIMARY KEY);\n',
      '.env.example': 'DATABASE_URL=\n',
    },
  })
})
afterAll(() => stuntdouble?.[Symbol.asyncDispose]())

/** The commands of the page, in the order in which it gives them. */
const commandsOfThePage = (): readonly string[][] =>
  programOf('docs/init.md', 'sh')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(1))

test('a repository becomes a sandbox in which its own tests run', async () => {
  const commands = commandsOfThePage()
  const [dry = [], init = [], up = []] = commands
  expect(commands).toEqual([['init', '--dry-run'], ['init'], ['up']])
  expect((await stuntdouble.json<InitResult>(dry)).files.map(({ written }) => written)).toEqual([
    false,
  ])
  const { found, databases } = await stuntdouble.json<InitResult>(init)
  const text = await stuntdouble.read('sandbox.yaml')
  parseYaml({ file: 'sandbox.yaml', text, code: 'blueprint_invalid' }, Blueprint)

  expect(found.map(({ kind }) => kind)).toEqual(['variables', 'compose', 'node', 'migrations'])
  // The operator’s file is there, and has no source for it.
  expect(databases).toMatchObject([{ name: 'db', state: 'missing' }])

  const { id } = await stuntdouble.json<Handover>(up)
  const { stdout, exitCode, stderr } = await stuntdouble.run(['exec', id, '--', 'npm', 'test'])
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toContain('the shop is open')
  const { stdout: inside } = await stuntdouble.run(['exec', id, '--', 'ls', '-A'])
  expect(inside).toContain('sandbox.yaml')
  expect(inside).not.toContain('stuntdouble.yaml')
  expect((await stuntdouble.json<Receipt>(['down', id])).clean).toBe(true)
})

test('what is there already stays, and the hint says how to replace it', async () => {
  const before = await stuntdouble.read('sandbox.yaml')
  const { exitCode, stderr } = await stuntdouble.run(['init'])

  expect(exitCode).toBe(1)
  expect(stderr).toContain('--force')
  expect(await stuntdouble.read('sandbox.yaml')).toBe(before)
})

test('the commands that it prints lead to a masked copy by the name that compose has for it', async () => {
  await using production = await startProduction()
  await production.query(`
    CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE NOT NULL);
    INSERT INTO people SELECT n, 'person' || n || '@corp.example' FROM generate_series(1, 50) n`)
  await using own = await Stuntdouble.open({
    env: { ORDERS_READER_URL: production.url },
    files: { 'compose.yaml': 'services:\n  orders: { image: "postgres:16" }\n' },
  })
  await rm(join(own.project, 'stuntdouble.yaml'))
  const { next } = await own.json<InitResult>(['init'])
  // Tests count what is on the engine.
  await appendFile(join(own.project, 'stuntdouble.yaml'), 'pool: off\n')
  const [variable, ...commands] = next.map((line) => line.split(' ').slice(1))

  expect(variable?.[0]).toMatch(/^ORDERS_READER_URL=/)
  for (const command of commands.slice(0, -1)) await own.json(command)
  const { id, databases } = await own.json<Handover>(commands.at(-1) ?? [])
  expect(Object.keys(databases)).toEqual(['orders'])
  const { stdout } = await own.run(['exec', id, '--', 'psql -h orders -Atc "SELECT * FROM people"'])
  expect(stdout.trim().split('\n')).toHaveLength(50)
  expect(stdout).not.toContain('person7@corp.example')
})
