import { Blueprint } from '@stuntdouble/sdk/wire'
import { parseYaml } from '@stuntdouble/sdk/yaml'
import { expect, test } from 'vitest'
import { initIn, resultIn } from '../testing/run-init.ts'
import { temporaryDirectory } from '../testing/temporary-directory.ts'

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

test('of more services and databases than there is room for, it is said what stays out', async () => {
  const services = Object.fromEntries(
    Array.from({ length: 70 }, (_, index) => [`db${index}`, { image: 'postgres' }]),
  )
  await using repository = await temporaryDirectory({
    'compose.yaml': JSON.stringify({ services }),
  })
  const { blueprint, leftOut } = await resultIn(repository.path)

  expect(Object.keys(blueprint.data)).toHaveLength(8)
  expect(leftOut[0]).toBe('6 more services; left out')
  expect(leftOut[1]).toBe('db8 is one database more than a sandbox has room for; left out')
  expect(leftOut).toHaveLength(1 + 64 - 8)
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
