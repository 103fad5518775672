import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DrillReport } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disposeAll } from './lib/dispose-all.ts'
import { repository } from './lib/images.ts'
import { listLeftovers } from './lib/leftovers.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const configuration = (more = '') => `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
${more}`

let production: Production
let stuntdouble: Stuntdouble
beforeAll(async () => {
  production = await startProduction()
  await production.query('CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL)')
  stuntdouble = await Stuntdouble.open({
    files: {
      'stuntdouble.yaml': configuration(),
      'sandbox.yaml': 'ttl: 10m\ndata: { db: { source: shop } }\n',
    },
    env: { SHOP_URL: production.url },
  })
  await stuntdouble.json(['data', 'review', '--source', 'shop'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'shop'])
})
afterAll(() => disposeAll(stuntdouble, production))

/** What runs, and what the engine has of any sandbox. */
async function remains() {
  const { sandboxes } = await stuntdouble.json<{ sandboxes: unknown[] }>(['ls'])
  const left = await listLeftovers(await stuntdouble.installation())
  return [...sandboxes, ...left.filter(({ pod }) => pod?.startsWith('sb'))]
}

describe('a drill', () => {
  test('of a sound installation: everything is tried, all of it holds, nothing is left', async () => {
    const { exitCode, stdout, stderr } = await stuntdouble.run(['drill', '--json'])
    expect(exitCode, stderr).toBe(0)
    const report = DrillReport.parse(JSON.parse(stdout))

    expect(report.ok).toBe(true)
    expect(report.attacks.filter(({ outcome }) => outcome !== 'held')).toEqual([])
    expect(new Set(report.attacks.map(({ family }) => family))).toEqual(
      new Set([
        ...['browser-origins', 'cross-sandbox', 'database-roles', 'dns', 'exhaustion'],
        ...['host-reach', 'metadata', 'orchestrator-reach', 'outliving', 'privileges'],
        ...['proxy-refusals', 'rebinding', 'secrets-in-hiding-places', 'tokens'],
      ]),
    )
    expect(report.sandboxes).toMatchObject(Array(2).fill({ clean: true, verified: true }))
    expect(report.exposures.join()).toContain('exploit of the Linux kernel')
    expect(await remains()).toEqual([])
  })

  test('finds a hole that the operator left: a way through the proxy to the orchestrator', async () => {
    const port = await freePort()
    const rule = `{ host: 127.0.0.1, scheme: http, ports: [${port}] }`
    const hole = `listen: { port: ${port} }\negress: { allow: [${rule.replace('}', ', private: true }')}] }\n`
    await stuntdouble.write({
      'stuntdouble.yaml': configuration(hole),
      'holed.yaml': `ttl: 10m\negress: [${rule}]\n`,
    })
    const { exitCode, stdout } = await stuntdouble.run(['drill', '--blueprint', 'holed.yaml'])
    await stuntdouble.write({ 'stuntdouble.yaml': configuration() })

    expect(exitCode).toBe(5)
    expect(stdout).toMatch(/^THROUGH +asks the one way out/m)
    expect(stdout).toContain(`an answer from 127.0.0.1:${port}`)
    expect(stdout).toMatch(/^not tried +leaves the database .*\n +no PostgreSQL in this sandbox$/m)
    expect(stdout).toContain('1 got through, 1 not tried')
    expect(await remains()).toEqual([])
  })

  test('finds a secret of the user’s that is inside, and tells its name alone', async () => {
    // What every sandbox has in its environment stands for a secret that came in.
    const env = { LEAKED_KEY: '/usr/local/sbin:/usr/local/bin', OTHER_KEY: 'is-nowhere-inside' }
    const { exitCode, stdout } = await stuntdouble.run(['drill', '--json'], { env })
    const through = DrillReport.parse(JSON.parse(stdout)).attacks.filter(
      ({ outcome }) => outcome === 'through',
    )

    expect(exitCode).toBe(5)
    expect(through).toMatchObject([{ family: 'secrets-in-hiding-places', said: 'LEAKED_KEY' }])
    expect(stdout).not.toContain(env.LEAKED_KEY)
  })

  test('that is interrupted leaves nothing either', async () => {
    const child = spawn(join(repository, 'sandbox'), ['drill'], {
      ...{ cwd: stuntdouble.project, env: stuntdouble.env, stdio: ['ignore', 'pipe', 'pipe'] },
    })
    let progress = ''
    child.stderr.on('data', (chunk) => {
      progress += chunk
    })
    const ended = once(child, 'exit')
    await expect.poll(() => progress, { timeout: 60_000 }).toContain('dials this machine')
    expect(await remains()).not.toEqual([])
    child.kill('SIGINT')

    expect(await ended).toEqual([130, null])
    expect(await remains()).toEqual([])
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address ? address.port : 0
}
