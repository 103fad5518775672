import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksOf, programOf } from '../script/lib/doc-blocks.ts'
import { runCommand } from './lib/command-result.ts'
import { disposeAll } from './lib/dispose-all.ts'
import { repository } from './lib/images.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const exampleUrl = 'postgres://reader:secret@db.example.com:5432/shop'

const node = process.execPath
const commandsOf = (page: string) => blocksOf(page, 'sh').map(({ text }) => text)

let production: Production
let stuntdouble: Stuntdouble
beforeAll(async () => {
  production = await startProduction()
  await production.query(`
    CREATE TABLE people (id int PRIMARY KEY, full_name text NOT NULL, email text UNIQUE);
    INSERT INTO people SELECT n, 'Person ' || n, 'person' || n || '@corp.example' FROM generate_series(1, 500) n;
    CREATE TABLE orders (id int PRIMARY KEY);
    INSERT INTO orders SELECT generate_series(1, 7)`)
  stuntdouble = await Stuntdouble.open({ env: { SHOP_URL: production.url } })
  await symlink(join(repository, 'sandbox'), join(stuntdouble.root, 'sandbox'))
})
afterAll(() => disposeAll(stuntdouble, production))

const inProject = (file: string, args: readonly string[]) =>
  runCommand({
    file,
    args,
    cwd: stuntdouble.project,
    timeoutMs: 600_000,
    env: {
      ...stuntdouble.env,
      HOME: stuntdouble.root,
      PATH: `${stuntdouble.root}:${stuntdouble.env.PATH}`,
    },
  })

/** What a script prints that ends well. */
async function printed(script: string): Promise<string> {
  const { stdout, stderr, exitCode } = await inProject('bash', ['-euc', script])
  expect(exitCode, stderr).toBe(0)
  return stdout
}

test('the two commands exist', async () => {
  const [commands] = commandsOf('README.md')

  expect(commands?.trim().split('\n')).toEqual(['./script/demo', './script/test'])
})

test('the way to one’s own database works as it is written', async () => {
  const [, ...steps] = commandsOf('README.md')
  const script = steps.join('\n').replace(exampleUrl, production.url)

  expect(steps.length).toBeGreaterThan(4)
  expect(script).toContain(production.url)
  const stdout = await printed(`unset SHOP_URL\n${script}`)
  expect(stdout).toContain('people')
  expect(stdout).toContain('postgres://app:')
})

test('the program works as it is written', async () => {
  await symlink(join(repository, 'e2e/node_modules'), join(stuntdouble.project, 'node_modules'))
  await stuntdouble.write({ 'program.ts': programOf('README.md', 'ts') })

  expect(await printed(`${node} program.ts`)).toBe('42 true\n')
})

/** What the other pages take for granted: a repository with a program, and an agent. */
const project = {
  'sandbox.yaml': 'ttl: 20m\nworkspace: { from: . }\n',
  'package.json': '{ "scripts": { "dev": "echo listening; sleep 3" } }\n',
  'agent.sh': 'echo tidied >>notes.md\n',
  '.gitignore': 'node_modules\n',
}
const makesBox = `import { Sandbox } from '@stuntdouble/sdk'
await using box = await Sandbox.create()
`
const oneMoreHour = () => new Date(Date.now() + 3_600_000).toISOString()
const asIfHere = (text: string) =>
  text.replace('2026-01-31T18:00:00Z', oneMoreHour()).replace('-- claude', '-- bash agent.sh')

describe('another page', () => {
  beforeAll(async () => {
    await stuntdouble.write(project)
    await printed(
      'git init -q && git add -A && git -c user.name=me -c user.email=me@example.com commit -qm first',
    )
  })

  test.each([
    ['docs/checkpoints.md', '', /before/],
    ['docs/lifecycle.md', '', /sb\w+/],
    ['docs/processes.md', '', /listening/],
    [
      'docs/mcp.md',
      'cat .mcp.json ~/.codex/config.toml',
      /"servers"[\s\S]*"mcpServers"[\s\S]*mcp_servers/,
    ],
    ['docs/run.md', 'git show tidy:notes.md', /tidied/],
  ])('%s has commands that work as they are written', async (page, look, expected) => {
    const begin = page.includes('/run.md')
      ? ''
      : "ID=$(sandbox up --json | grep -o 'sb[a-z0-9]*' | head -n 1)"
    const script = asIfHere(programOf(page, 'sh'))

    expect(await printed(`${begin}\n${script}\n${look}`)).toMatch(expected)
    await printed('sandbox down --all --yes')
  })

  test.each([
    ['docs/lifecycle.md', '', ' ended {'],
    // It may be killed before it says anything.
    ['docs/processes.md', makesBox, ''],
  ])('%s has a program that works as it is written', async (page, before, expected) => {
    await stuntdouble.write({ 'program.ts': `${before}${programOf(page, 'ts')}` })

    expect(await printed(`${node} program.ts`)).toContain(expected)
  })

  test('docs/e2b.md has a template, commands and a program that work as they are written', async () => {
    const [config] = blocksOf('docs/e2b.md', 'yaml')
    await stuntdouble.write({
      'sandbox.yaml': 'data: { db: { source: shop } }\n',
      'stuntdouble.yaml': `${await stuntdouble.read('stuntdouble.yaml')}${config?.text}`,
      'program.ts': programOf('docs/e2b.md', 'ts'),
    })
    await stuntdouble.stopOrchestrator()
    await printed('sandbox ls')

    expect(await printed(`${programOf('docs/e2b.md', 'sh')}\n${node} program.ts`)).toMatch(/\b7\b/)
  })
})
