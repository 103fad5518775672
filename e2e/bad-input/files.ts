import { describe, expect, test } from 'vitest'
import type { Bench } from './bench.ts'

const bomb = `
a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
ttl: [*d, *d, *d, *d, *d, *d, *d, *d, *d]
`
const unknown = 'is not a key; there may be '

type Case = readonly [what: string, text: string, complaint: string | RegExp]

const blueprints: readonly Case[] = [
  ['an unknown key', 'ttl: 5m\nworkspaces: { from: . }\n', `:2: workspaces: ${unknown}`],
  [
    'a key that asks for more',
    'limits:\n  cpus: 1\n  privileged: true\n',
    `:3: limits.privileged: ${unknown}`,
  ],
  [
    'a key of the engine',
    'workspace:\n  from: .\n  volumes: ["/:/host"]\n',
    `:3: workspace.volumes: ${unknown}`,
  ],
  ['a wrong type', 'ttl: 5m\nlimits: { pids: many }\n', /:2: limits\.pids: .*number/],
  ['hardly any memory', 'limits: { memory: 1k }\n', /:1: limits\.memory: at least "32m"/],
  ['a duration that is none', 'ttl: tomorrow\n', /:1: ttl: .*"45m"/],
  ['no time at all', 'ttl: 0s\n', /:1: ttl: .*"45m"/],
  [
    'an option for an image',
    'workspace: { image: "--privileged" }\n',
    /:1: workspace\.image: .*image reference/,
  ],
  ['aliases that unfold without end', bomb, /:1: .*alias/i],
  ['one key twice', 'ttl: 5m\nttl: 6m\n', /:2: .*unique/],
  ['a tab for an indent', 'limits:\n\tcpus: 1\n', /:2: .*tab/i],
  ['a list', '- ttl: 5m\n', /:1: must be a map/],
  ['bytes that are no text', '\u0000\u0001\u0002', /:1: /],
  ['a prototype', 'ttl: 5m\n"__proto__": { idle: 5m }\n', `:2: __proto__: ${unknown}`],
  ['something for the terminal', '"\\e]0;owned\\a": 1\n', /:1: \\u\{1b\}\]0;owned/],
]

const configurations: readonly Case[] = [
  [
    'an unknown kind of source',
    source({ kind: 'oracle' }),
    ':3: sources.shop.kind: must be one of "postgres", "mariadb"',
  ],
  [
    'a variable that is not set',
    source({ url: `\${env:NOT_SET_URL}` }),
    /:4: sources\.shop\.url: .*NOT_SET_URL is not set/,
  ],
  ['no policy', source({ policy: undefined }), /:2: sources\.shop\.policy: /],
  ['an unknown key', `${source({})}    sslmode: off\n`, `:6: sources.shop.sslmode: ${unknown}`],
  ['an unknown limit', 'limits:\n  maxTTL: 4h\n', `:2: limits.maxTTL: ${unknown}`],
  [
    'a password in a broken line',
    'sources:\n  shop: { url: "postgres://u:canary-broken@h/d" x }\n',
    ':2: ',
  ],
  [
    'a password in a wrong place',
    'sources:\n  shop: "postgres://u:canary-broken@h/d"\n',
    /:2: sources\.shop: must be a map/,
  ],
  [
    'a password in a URL of another kind',
    source({ url: 'mysql://u:canary-broken@h/d' }),
    /:4: sources\.shop\.url: must be a URL/,
  ],
]

/** None of these starts as much as an orchestrator. */
export function describeFiles(bench: () => Bench): void {
  describe.each([
    { kind: 'a blueprint', flag: '--blueprint', cases: blueprints },
    { kind: 'a configuration', flag: '--config', cases: configurations },
  ])('$kind', ({ flag, cases }) => {
    test.each(cases)('with %s is refused by file, line and key', async (_what, text, complaint) => {
      const { stuntdouble, sandbox, expectRefusal } = bench()
      await stuntdouble.write({ 'bad.yaml': text })
      const result = await sandbox(['up', flag, 'bad.yaml'])

      expectRefusal(result, 2, /bad\.yaml:\d/)
      if (typeof complaint === 'string') expect(result.stderr).toContain(`bad.yaml${complaint}`)
      else expect(result.stderr).toMatch(complaint)
      expect(result.stderr).not.toContain('canary-broken')
      expect(result.stderr).not.toContain('\u001b]')
      expect(await stuntdouble.orchestrator()).toBeUndefined()
    })

    test('that is not there is named', async () => {
      const { sandbox, expectRefusal } = bench()
      expectRefusal(await sandbox(['up', flag, 'absent.yaml']), 2, /absent\.yaml.*cannot be read/)
    })

    test('that is a directory is named', async () => {
      const { stuntdouble, sandbox, expectRefusal } = bench()
      await stuntdouble.write({ 'folder.yaml/inside': '' })
      expectRefusal(await sandbox(['up', flag, 'folder.yaml']), 2, /folder\.yaml.*cannot be read/)
    })
  })
}

function source(change: Readonly<Record<string, string | undefined>>): string {
  const keys = { kind: 'postgres', url: `\${env:SHOP_URL}`, policy: './masking.yaml', ...change }
  const lines = Object.entries(keys).filter(([, value]) => value !== undefined)
  return `sources:\n  shop:\n${lines.map(([key, value]) => `    ${key}: "${value}"\n`).join('')}`
}
