import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { Handover, PoolView, Receipt, SandboxEvent } from '@stuntdouble/sdk/wire'
import { getContainerRuntimeClient } from 'testcontainers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disposeAll } from './lib/dispose-all.ts'
import { listLeftovers } from './lib/leftovers.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const configuration = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
pool: auto
`
const blueprint = 'ttl: 20m\ndata: { db: { source: shop } }\nlimits: { memory: 256m }\n'

let production: Production
let project: Stuntdouble
beforeAll(async () => {
  production = await startProduction()
  const sql = ['shop-schema.sql', 'shop-data.sql']
  await production.load(...sql.map((name) => join(import.meta.dirname, 'demo', name)))
  project = await Stuntdouble.open({
    files: { 'stuntdouble.yaml': configuration, 'sandbox.yaml': blueprint },
    env: { SHOP_URL: production.url },
  })
  await project.json(['data', 'review', '--source', 'shop'])
  await project.json(['snapshot', 'build', '--source', 'shop'])
})
afterAll(() => disposeAll(project, production))

/** Asks until it is so; the test’s own timeout is the limit. */
async function eventually<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
    await sleep(100)
  }
}

const pool = () => project.json<PoolView>(['pool', 'ls'])
const isWarm = ({ blueprints }: PoolView) => blueprints.some(({ warm }) => warm > 0)
const up = () => project.json<Handover>(['up'])

async function eventsOf(id: string): Promise<readonly SandboxEvent[]> {
  return (await project.control()).events(id)
}

const wasWarm = async (id: string) =>
  (await eventsOf(id)).some(({ type, data }) => type === 'created' && data.warm === true)

/** Pods of the installation on the engine; some may belong to no sandbox that a list shows. */
async function pods(): Promise<ReadonlySet<string>> {
  const left = await listLeftovers(await project.installation())
  return new Set(left.flatMap(({ name }) => /sb[a-z0-9]{12}/.exec(name)?.[0] ?? []))
}

describe('the second sandbox of a blueprint', () => {
  test('was ready before anybody asked, and is whole', async () => {
    const first = await up()
    expect(await wasWarm(first.id)).toBe(false)
    await project.json(['down', first.id])
    await eventually(pool, isWarm)
    expect(await project.json(['ls'])).toEqual({ sandboxes: [] })

    const second = await up()
    expect(await wasWarm(second.id)).toBe(true)
    const box = await Sandbox.connect(second.url)
    const { stdout } = await box.commands.run(
      'psql "$DATABASE_URL" -Atc "SELECT count(*) > 0 FROM orders"',
    )
    expect(stdout).toBe('t\n')
    const left = Date.parse(second.expiresAt) - Date.now()
    expect(left).toBeGreaterThan(19 * 60_000)
    const receipt = await project.json<Receipt>(['down', second.id])
    expect(receipt).toMatchObject({ clean: true, reason: 'down' })
    expect(receipt.inventory.length).toBeGreaterThan(6)
  })

  test('is of the newest snapshot, and the older one is not held', async () => {
    await eventually(pool, isWarm)
    const [before] = (await pool()).blueprints[0]?.snapshots ?? []
    const { id: newest } = await project.json<{ id: string }>([
      'snapshot',
      'build',
      '--source',
      'shop',
    ])
    const { id, snapshot } = await up()
    expect(snapshot).toBe(newest)
    await project.json(['down', id])

    await eventually(pool, (seen) => isWarm(seen) && seen.blueprints[0]?.snapshots[0] === newest)
    await project.json(['snapshot', 'rm', before ?? ''])
    await project.json(['snapshot', 'build', '--source', 'shop'])
    await project.json(['snapshot', 'rm', newest])
  })
})

test('what is kept ready is found again after a crash, and ends by itself when nobody comes back', async () => {
  const { id } = await up()
  await project.json(['down', id])
  await eventually(pool, isWarm)
  const ready = await pods()
  await project.stopOrchestrator('SIGKILL')
  await eventually(pool, isWarm)
  const handed = await up()
  expect(ready).toContain(handed.id)
  expect(await wasWarm(handed.id)).toBe(true)
  await project.json(['down', handed.id])

  await eventually(pool, isWarm)
  await project.stopOrchestrator('SIGKILL')
  expect(await pods()).not.toEqual(new Set())
  const killedAt = Date.now()
  await eventually(livingProcesses, (count) => count === 0)
  expect(Date.now() - killedAt).toBeLessThan(60_000)
  await project.json(['ls'])
  await eventually(pods, (left) => left.size === 0)
})

test('fifty creations at once are ready, or refused with the time to come again; none is left', async () => {
  await project.write({
    'stuntdouble.yaml': `${configuration}limits: { maxSandboxes: 8, queue: 20, queueWait: 4m }\n`,
  })
  await project.json(['doctor'])
  const control = await project.control()
  const small = { limits: { memory: '64m' } }
  const stood: string[] = []
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, async () => {
      try {
        const onProgress = ({ phase, message }: { phase: string; message: string }) => {
          if (phase === 'queue') stood.push(message)
        }
        const { id } = await control.createSandbox({ blueprint: small, ttl: '10m' }, { onProgress })
        return await control.destroySandbox(id)
      } catch (cause) {
        return cause as { code: string; details: { retryAfterSeconds: number } }
      }
    }),
  )

  const receipts = outcomes.filter((one) => 'clean' in one)
  const refused = outcomes.filter((one) => 'code' in one)
  expect(receipts.length).toBeGreaterThanOrEqual(28)
  expect(receipts.every(({ clean }) => clean)).toBe(true)
  expect(new Set(receipts.map(({ id }) => id)).size).toBe(receipts.length)
  for (const { code, details } of refused) {
    expect(code).toBe('capacity')
    expect(details.retryAfterSeconds).toBeGreaterThan(0)
  }
  expect(stood).toContain('Waiting for room, next in line')
  await control.drainPool()
  expect(await pods()).toEqual(new Set())
})

test('a refusal says with Retry-After when to come again', async () => {
  const control = await project.control()
  const small = { limits: { memory: '64m' } }
  const all = await Promise.all(
    Array.from({ length: 8 }, () => control.createSandbox({ blueprint: small, warm: false })),
  )
  const { url, key } = (await project.orchestrator()) ?? { url: '', key: '' }
  const answer = await fetch(`${url}/v1/sandboxes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ blueprint: small, wait: false }),
  })

  expect(answer.status).toBe(429)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  const { exitCode, stderr } = await project.run(['up', '--no-wait'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('limits.maxSandboxes')
  await Promise.all(all.map(({ id }) => control.destroySandbox(id)))
})

/** Processes of pods that the engine says run. */
async function livingProcesses(): Promise<number> {
  const docker = (await getContainerRuntimeClient()).container.dockerode
  const label = [`dev.stuntdouble.installation=${await project.installation()}`]
  const filters = JSON.stringify({ label, status: ['running'] })
  const running = await docker.listContainers({ filters })
  return running.filter(({ Labels }) => Labels['dev.stuntdouble.sandbox']?.startsWith('sb')).length
}
