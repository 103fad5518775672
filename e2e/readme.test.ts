import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from './lib/command-result.ts'
import { repository } from './lib/images.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const readme = await readFile(join(repository, 'README.md'), 'utf8')
const exampleUrl = 'postgres://reader:secret@db.example.com:5432/shop'

/** Fenced blocks of one language, without the indentation of the list they stand in. */
function blocks(language: string): string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\`$`, 'gm')
  return [...readme.matchAll(fence)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )
}

let production: Production
let stuntdouble: Stuntdouble
beforeAll(async () => {
  production = await startProduction()
  await production.query(`
    CREATE TABLE people (id int PRIMARY KEY, full_name text NOT NULL, email text UNIQUE);
    INSERT INTO people SELECT n, 'Person ' || n, 'person' || n || '@corp.example' FROM generate_series(1, 500) n`)
  stuntdouble = await Stuntdouble.open()
  await symlink(join(repository, 'sandbox'), join(stuntdouble.root, 'sandbox'))
})
afterAll(async () => {
  await stuntdouble?.[Symbol.asyncDispose]()
  await production?.[Symbol.asyncDispose]()
})

const inProject = (file: string, args: readonly string[]) =>
  runCommand({
    file,
    args,
    cwd: stuntdouble.project,
    timeoutMs: 600_000,
    env: { ...stuntdouble.env, PATH: `${stuntdouble.root}:${stuntdouble.env.PATH}` },
  })

test('the two commands exist', async () => {
  const [commands] = blocks('sh')

  expect(commands?.trim().split('\n')).toEqual(['./script/demo', './script/test'])
})

test('the way to one’s own database works as it is written', async () => {
  const [, ...steps] = blocks('sh')
  const script = steps.join('\n').replace(exampleUrl, production.url)

  expect(steps.length).toBeGreaterThan(4)
  expect(script).toContain(production.url)
  const { stdout, stderr, exitCode } = await inProject('bash', ['-euc', script])
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toContain('people')
  expect(stdout).toContain('postgres://app:')
})

test('the program works as it is written', async () => {
  const [program = ''] = blocks('ts')
  await stuntdouble.write({ 'program.ts': program })
  await symlink(join(repository, 'e2e/node_modules'), join(stuntdouble.project, 'node_modules'))

  const { stdout, stderr, exitCode } = await inProject(process.execPath, ['program.ts'])
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toBe('42 true\n')
})
