import { execFileSync } from 'node:child_process'
import { mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Blueprint, InitResult, OperatorConfig } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { expect, test } from 'vitest'
import { Cli } from '../testing/run-cli.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'
import { lookAround, treeLimits } from './look-around.ts'
import { surveyLimits } from './survey.ts'

const initIn = (cwd: string, ...argv: readonly string[]) =>
  new Cli(undefined, { cwd }).run('init', ...argv)

/** What is found, once everything that would be written was read back by our own schemas. */
async function resultIn(cwd: string) {
  const { code, stdout, stderr } = await initIn(cwd, '--dry-run', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const result = InitResult.parse(JSON.parse(stdout))
  const [sandbox, stuntdouble] = result.files
  const blueprint = parseYaml(
    { file: 'sandbox.yaml', text: sandbox?.text ?? '', code: 'blueprint_invalid' },
    Blueprint,
  )
  const { sources } = parseYaml(
    { file: 'stuntdouble.yaml', text: stuntdouble?.text ?? '', code: 'config_invalid' },
    OperatorConfig,
  )
  const leftOut = result.found.filter(({ kind }) => kind === 'left_out').map(({ says }) => says)
  return { ...result, blueprint, sources, leftOut, text: sandbox?.text ?? '' }
}

const manifest = '{ "name": "reached" }'

test.each([
  ['a bomb of aliases', `a: &a [x, x]\n${bomb(12)}services: { db: { image: postgres } }\n`],
  ['brackets without end', '['.repeat(60_000)],
  ['maps in maps', '{a: '.repeat(15_000)],
  ['lists in lists', '- '.repeat(30_000)],
  ['keys twice', 'services: {}\nservices: {}\n'],
  ['another kind of document', 'services: [db, web]\nports: 3\n'],
  ['bytes that are no text', '\u0000\u0001\ufffe\ud800services'],
])('a compose file of %s costs little and stops nothing', async (_, text) => {
  await using repository = await temporaryDirectory({
    'compose.yaml': text,
    'package.json': manifest,
  })
  const { blueprint, text: written } = await resultIn(repository.path)

  expect(blueprint.data).toEqual({})
  expect(written).toContain('a Node project, reached')
})

function bomb(levels: number): string {
  const names = Array.from({ length: levels }, (_, index) => String.fromCharCode(98 + index))
  return names
    .map((name, index) => {
      const before = `*${String.fromCharCode(97 + index)}`
      return `${name}: &${name} [${Array(9).fill(before).join(', ')}]\n`
    })
    .join('')
}

test.each([
  ['package.json', '{"a":'.repeat(10_000)],
  ['package.json', '[]'],
  ['package.json', '{"name":{"toString":1},"scripts":{"__proto__":"x"}}'],
  ['.devcontainer/devcontainer.json', '['.repeat(60_000)],
  ['.devcontainer/devcontainer.json', '{"image":7,"forwardPorts":[-1,1e99,"x",null]}'],
  ['pyproject.toml', `a = ${'['.repeat(30_000)}`],
  ['pyproject.toml', `${'a.'.repeat(30_000)}b = 1`],
  ['go.mod', `module ${'x'.repeat(60_000)}`],
])('a hostile %s costs little and stops nothing', async (name, text) => {
  await using repository = await temporaryDirectory({ [name]: text, 'feed/package.json': manifest })

  expect((await resultIn(repository.path)).text).toContain('a Node project, reached')
})

test('a parser’s complaint is not repeated: it may hold what stands in the file', async () => {
  const files = {
    'pyproject.toml': 'a = hunter2',
    'package.json': 'hunter2',
    'compose.yaml': '*hunter2',
  }
  await using repository = await temporaryDirectory(files)
  const { leftOut, text } = await resultIn(repository.path)

  expect(leftOut).toEqual(Array(3).fill('cannot be understood; left out'))
  expect(text).not.toContain('hunter2')
})

test('a file that is too large is not read', async () => {
  const large = `{ "name": "reached", "x": "${'x'.repeat(65_536)}" }`
  await using repository = await temporaryDirectory({ 'package.json': large })
  const { leftOut, text } = await resultIn(repository.path)

  expect(JSON.parse(large).name).toBe('reached')
  expect(leftOut).toEqual(['is larger than 64 KB; left out'])
  expect(text).not.toContain('reached')
})

test('links are not followed, be they files or directories', async () => {
  await using outside = await temporaryDirectory({
    'package.json': '{ "name": "outside-name" }',
    '.env.example': 'OUTSIDE_NAME=x\n',
  })
  await using repository = await temporaryDirectory()
  await symlink(join(outside.path, 'package.json'), join(repository.path, 'package.json'))
  await symlink(outside.path, join(repository.path, 'away'))
  await symlink('.', join(repository.path, 'again'))
  const { leftOut, text } = await resultIn(repository.path)

  expect(await readFile(join(repository.path, 'away/.env.example'), 'utf8')).toContain('OUTSIDE')
  expect(leftOut).toEqual(['is a link, which is not followed; left out'])
  expect(text.toLowerCase()).not.toMatch(/outside.name/)
})

test('pipes and sockets are neither opened nor waited for', async () => {
  await using repository = await temporaryDirectory()
  execFileSync('mkfifo', [join(repository.path, 'compose.yaml')])
  await using server = createServer()
  await new Promise<void>((done) => server.listen(join(repository.path, 'go.mod'), done))
  await mkdir(join(repository.path, 'package.json'))
  const { leftOut } = await resultIn(repository.path)

  expect(leftOut).toEqual(Array(2).fill('is no regular file; left out'))
})

test('a pipe in place of the operator’s file is refused, and so is a link that leads nowhere', async () => {
  await using repository = await temporaryDirectory()
  execFileSync('mkfifo', [join(repository.path, 'stuntdouble.yaml')])
  const { code, stderr } = await initIn(repository.path)
  expect(code).toBe(2)
  expect(stderr).toMatch(/is no regular file[\s\S]*hint:/)

  await using other = await temporaryDirectory()
  await symlink('/nowhere/at/all', join(other.path, 'stuntdouble.yaml'))
  expect((await initIn(other.path)).code).toBe(2)
})

test('a deep tree and a wide one end at their limits, and it is said', async () => {
  const deep = `${'d/'.repeat(treeLimits.depth + 1)}package.json`
  await using repository = await temporaryDirectory({ [deep]: manifest })
  const { leftOut, text } = await resultIn(repository.path)
  expect(leftOut).toEqual([`looked at: nothing deeper than ${treeLimits.depth} directories`])
  expect(text).not.toContain('reached')

  await using wide = await temporaryDirectory()
  const names = Array.from({ length: surveyLimits.files + 20 }, (_, index) => `p${index}`)
  for (const name of names) {
    await mkdir(join(wide.path, name))
    await writeFile(join(wide.path, name, 'package.json'), manifest)
  }
  const many = await resultIn(wide.path)
  expect(many.found).toHaveLength(surveyLimits.files + 1)
  expect(many.leftOut).toEqual(['looked at: only a part of what is of use; 20 more are left'])
  expect(many.text.length).toBeLessThan(20_000)
})

test('of many large files only some are read', async () => {
  await using repository = await temporaryDirectory()
  const text = `services: ${'x'.repeat(60_000)}`
  for (let index = 0; index < 30; index += 1)
    await writeFile(join(repository.path, `compose.n${index}.yaml`), text)
  const { leftOut } = await resultIn(repository.path)

  expect(leftOut.at(-1)).toBe('looked at: only a part of what is of use; 12 more are left')
})

test('no more names are looked at than may be counted, in one directory or in all', async () => {
  const names = Array.from({ length: 30 }, (_, index) => [`${index % 3}/file${index}`, ''])
  await using repository = await temporaryDirectory(Object.fromEntries(names))
  const look = (entries: number) => lookAround(repository.path, { entries, depth: 6 })

  expect((await look(5)).paths).toHaveLength(2)
  expect((await look(5)).cut).toEqual(['no more than 5 files and directories'])
  expect((await look(34)).paths).toHaveLength(30)
  expect((await look(34)).cut).toEqual([])
})

test('names that end a comment, command a terminal or turn the reading order stay inert', async () => {
  const evil = 'x\n  evil: { source: prod }\r\n# \u0085\u2028\u001b]52;c;aGk=\u0007\u202e"\'`#: {}'
  // It bites where nothing stands in its way.
  const bare = { file: 'x', text: `# ${evil}`, code: 'blueprint_invalid' } as const
  expect(() => parseYaml(bare, Blueprint)).toThrow(/evil: is not a key/)
  const compose = {
    services: {
      [evil]: { image: 'postgres:16' },
      ok: { image: `redis:7${evil}` },
      web: { image: evil },
    },
  }
  await using repository = await temporaryDirectory({
    [`dir${evil.replaceAll('/', '')}/package.json`]: JSON.stringify({
      ...{ name: evil, packageManager: evil, scripts: { [evil]: '' } },
    }),
    'compose.yaml': JSON.stringify(compose),
    'go.mod': `module \u001b[2J\u202e\n`,
    '.devcontainer.json': JSON.stringify({ image: evil }),
    '.env.example': 'A=1\n\u001b[2J=2\n',
  })
  const { blueprint, sources, files } = await resultIn(repository.path)
  const printed = [await initIn(repository.path, '--dry-run'), await initIn(repository.path)]
  const everything = [
    ...files.map(({ text }) => text),
    ...printed.map(({ stdout }) => stdout),
  ].join()

  expect(Object.keys(blueprint.data)).toEqual([expect.stringMatching(/^x-evil-/), 'ok'])
  expect(Object.values(blueprint.data).map(({ source }) => source)).toEqual(Object.keys(sources))
  expect(everything).not.toMatch(/[^\P{Cc}\n]|[\u2028\u2029\u202e]/u)
  expect(everything).not.toMatch(/^ +evil:/m)
})

test('a value that goes over several lines is not taken for names', async () => {
  const text = `export FIRST_ONE=x
KEY="-----BEGIN PRIVATE KEY-----
QUJDREVGR0g=
HIDDEN_ONE=
-----END PRIVATE KEY-----"
BARE=-----BEGIN CERTIFICATE-----
HIDDEN_TWO=
-----END CERTIFICATE-----
QUJDREVG==
not a name=1
LAST_ONE='one line'
`
  await using repository = await temporaryDirectory({ '.env.example': text })
  const { found } = await resultIn(repository.path)

  expect(found[0]?.says).toMatch(/: FIRST_ONE, KEY, BARE, LAST_ONE$/)
})

test('--force replaces a link, and not what it leads to', async () => {
  await using outside = await temporaryDirectory({ precious: 'kept\n' })
  await using repository = await temporaryDirectory()
  const path = join(repository.path, 'sandbox.yaml')
  await symlink(join(outside.path, 'precious'), path)

  expect((await initIn(repository.path)).code).toBe(1)
  expect(await readlink(path)).toContain('precious')
  expect((await initIn(repository.path, '--force')).code).toBe(0)
  expect(await readFile(join(outside.path, 'precious'), 'utf8')).toBe('kept\n')
  expect(await readFile(path, 'utf8')).toContain('workspace: { from: . }')
})

test('a directory in place of the blueprint is told, and nothing of the attempt is left', async () => {
  await using repository = await temporaryDirectory({ 'sandbox.yaml/file': '' })
  const { code, stderr } = await initIn(repository.path, '--force')

  expect(code).toBe(2)
  expect(stderr).toContain('cannot be written')
  expect(execFileSync('ls', ['-A', repository.path], { encoding: 'utf8' })).toBe('sandbox.yaml\n')
})
