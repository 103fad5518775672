import { DrillReport, type Receipt, type SandboxView } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disposeAll } from './lib/dispose-all.ts'
import { listLeftovers } from './lib/leftovers.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const configuration = (more = '') => `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
${more}`
const blueprint = 'ttl: 10m\ndata: { db: { source: shop } }\n'

let production: Production
let stuntdouble: Stuntdouble
beforeAll(async () => {
  production = await startProduction()
  await production.query('CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL)')
  await production.query(
    "INSERT INTO people SELECT n, 'Person ' || n FROM generate_series(1, 20) n",
  )
  stuntdouble = await Stuntdouble.open({
    files: {
      'stuntdouble.yaml': configuration(),
      'sandbox.yaml': `${blueprint}isolation: gvisor\n`,
      'plain.yaml': blueprint,
    },
    env: { SHOP_URL: production.url },
  })
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
})
afterAll(() => disposeAll(stuntdouble, production))

const up = async (...args: readonly string[]) =>
  (await stuntdouble.json<{ id: string }>(['up', ...args])).id

async function inside(id: string, command: string): Promise<string> {
  const { stdout, stderr } = await stuntdouble.run(['exec', id, '--', command])
  return stdout + stderr
}

const down = (id: string) => stuntdouble.json<Receipt>(['down', id])

test('a sandbox behind gVisor has a kernel of its own, works on its data, and leaves nothing', async () => {
  const plain = await up('--blueprint', 'plain.yaml')
  const id = await up()
  expect(await stuntdouble.json<SandboxView>(['inspect', id])).toMatchObject({
    isolation: 'gvisor',
  })

  expect(await inside(plain, 'dmesg')).not.toContain('Starting gVisor')
  expect(await inside(id, 'dmesg')).toContain('Starting gVisor')
  const uname = 'uname -rv'
  expect(await inside(id, uname)).not.toBe(await inside(plain, uname))
  expect(await inside(id, 'psql -Atc "SELECT count(*) FROM people"')).toBe('20\n')
  expect(await inside(id, 'echo kept > note && git init -q . && cat note')).toBe('kept\n')
  expect(await inside(id, 'curl -sS -m 5 http://example.com')).toContain('blocked_by_policy')

  // Its files reach the host’s; a device among them would be one of the host’s.
  expect(await inside(id, 'mknod disk b 8 0; ls')).not.toMatch(/^disk$/m)

  for (const each of [plain, id]) expect(await down(each)).toMatchObject({ clean: true })
  const left = await listLeftovers(await stuntdouble.installation())
  expect(left.filter(({ pod }) => pod?.startsWith('sb'))).toEqual([])
})

test('the attacks of a drill hold behind gVisor', async () => {
  const { exitCode, stdout, stderr } = await stuntdouble.run(['drill', '--json'])
  const report = DrillReport.parse(JSON.parse(stdout))
  expect(exitCode, stderr).toBe(0)

  const tried = report.attacks.filter(({ outcome }) => outcome !== 'held')
  expect(tried.map(({ family, said }) => `${family}: ${said}`)).toEqual([
    'exhaustion: at such a bound a sandbox behind a second kernel ends',
    'exhaustion: at such a bound a sandbox behind a second kernel ends',
    'outliving: its processes cannot be seen from here',
  ])
  expect(report.sandboxes).toMatchObject(Array(2).fill({ clean: true, verified: true }))
  expect(report.exposures.join()).toContain('exploit of the second kernel')
  expect(report.exposures.join()).not.toContain('sandboxes share')
})

test('what the operator demands, no blueprint takes away; what the engine lacks is refused by name', async () => {
  await stuntdouble.write({
    'stuntdouble.yaml': configuration('limits: { isolation: gvisor }\n'),
    'plain.yaml': `${blueprint}isolation: runc\n`,
    'kata.yaml': `${blueprint}isolation: kata\n`,
  })
  const id = await up('--blueprint', 'plain.yaml')
  expect(await inside(id, 'dmesg')).toContain('Starting gVisor')
  expect(await down(id)).toMatchObject({ clean: true })

  await stuntdouble.write({ 'stuntdouble.yaml': configuration() })
  const { exitCode, stderr } = await stuntdouble.run(['up', '--blueprint', 'kata.yaml'])
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('no runtime for `isolation: kata`')
  expect(stderr).toContain('sandbox doctor')
  expect((await stuntdouble.run(['doctor'])).stdout).toContain('runc, gvisor')
})
