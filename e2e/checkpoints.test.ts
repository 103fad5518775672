import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { ControlClient } from '@stuntdouble/sdk/client'
import type { Receipt } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEngine } from './lib/container-runtime.ts'
import { listLeftovers } from './lib/leftovers.ts'
import { type MariadbProduction, queryOf, startMariadb } from './lib/mariadb-production.ts'
import { type Production, startProduction } from './lib/production.ts'
import { type RedisProduction, startRedis } from './lib/redis-production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const configuration = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml }
  orders: { kind: mariadb, url: "\${env:ORDERS_URL}", policy: ./orders.yaml }
  cache: { kind: redis, url: "\${env:CACHE_URL}", stance: empty }
limits: { poolSize: 8g }
`
const blueprint = {
  ttl: '20m',
  data: { db: { source: 'shop' }, orders: { source: 'orders' }, cache: { source: 'cache' } },
}
const table = 'CREATE TABLE state (id int PRIMARY KEY, text varchar(40))'

let productions: readonly [Production, MariadbProduction, RedisProduction]
let stuntdouble: Stuntdouble
const scope = new AsyncDisposableStack()

beforeAll(async () => {
  productions = [
    scope.use(await startProduction()),
    scope.use(await startMariadb('orders')),
    scope.use(await startRedis()),
  ]
  const [shop, orders, cache] = productions
  await shop.query(`${table}; GRANT SELECT ON state TO PUBLIC`)
  await orders.load(`${table};`)
  stuntdouble = scope.use(
    await Stuntdouble.open({
      files: { 'stuntdouble.yaml': configuration },
      env: { SHOP_URL: shop.url, ORDERS_URL: orders.url, CACHE_URL: cache.url },
    }),
  )
  for (const source of ['shop', 'orders'])
    await stuntdouble.json(['data', 'review', '--source', source])
  for (const source of ['shop', 'orders', 'cache'])
    await stuntdouble.json(['snapshot', 'build', '--source', source])
})
afterAll(() => scope.disposeAsync())

/** A sandbox that is ended whatever becomes of its test. */
async function up(request: object = {}): Promise<Sandbox> {
  const control = await stuntdouble.control()
  return Sandbox.of(await control.createSandbox({ blueprint, ...request }), control)
}

const inPostgres = async (box: Sandbox, sql: string) =>
  (await box.commands.run(['psql', '-XAtqc', sql])).stdout.trim()

async function inMariadb({ id }: Sandbox, sql: string): Promise<readonly Record<string, string>[]> {
  const { url } = await (await stuntdouble.control()).localDatabase(id, 'orders')
  return await queryOf(url, sql)
}

const inRedis = async (box: Sandbox, command: string) =>
  (await box.commands.run(`redis-cli -u "$CACHE_URL" ${command}`)).stdout.trim()

/** Everywhere that a sandbox keeps anything. */
async function write(box: Sandbox, text: string): Promise<void> {
  const sql = `INSERT INTO state VALUES (1, '${text}') ON`
  await inPostgres(box, `${sql} CONFLICT (id) DO UPDATE SET text = '${text}'`)
  await inMariadb(box, `REPLACE INTO state VALUES (1, '${text}')`)
  await inRedis(box, `SET state ${text}`)
  await box.files.write('/workspace/state', text)
}

async function read(box: Sandbox): Promise<readonly string[]> {
  const [row] = await inMariadb(box, 'SELECT text FROM state')
  return [
    await inPostgres(box, 'SELECT text FROM state'),
    row?.text ?? '',
    await inRedis(box, 'GET state'),
    await box.files.readText('/workspace/state'),
  ]
}

const all = (text: string) => [text, text, text, text]

describe('a rollback', () => {
  test('brings PostgreSQL, MariaDB, Redis and the workspace back to one moment', async () => {
    await using box = await up()
    await write(box, 'before')
    await box.files.write('/workspace/removed', 'there')
    await box.checkpoint('kept')
    await write(box, 'after')
    await box.commands.run('rm /workspace/removed; echo new > /workspace/new')
    await inPostgres(box, 'DROP TABLE state')
    const running = box.commands.run(['psql', '-c', 'SELECT pg_sleep(60)']).then(
      () => 'ended',
      (cause: unknown) => cause,
    )
    const sleepers = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    await expect.poll(() => inPostgres(box, sleepers)).toContain('1')

    expect(await box.rollback('kept')).toMatchObject({ state: 'ready' })
    expect(await read(box)).toEqual(all('before'))
    expect(await box.files.readText('/workspace/removed')).toBe('there')
    await expect(box.files.readText('/workspace/new')).rejects.toMatchObject({
      code: 'file_not_found',
    })
    expect(await running).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('rolled back to "kept"'),
    })

    await write(box, 'once more')
    await box.rollback()
    expect(await read(box)).toEqual(all('before'))
    const receipt = await box.kill()
    expect(receipt).toMatchObject({ clean: true, doubts: [] })
    expect(receipt.inventory.filter(({ name }) => name.startsWith('cp'))).toHaveLength(4)
  })

  test('is an agent’s to make through its address; a copy of the sandbox is not', async () => {
    await using box = await up({ blueprint: { ttl: '20m', data: { db: { source: 'shop' } } } })
    const at = (path: string, body: object) =>
      fetch(`${box.url}/${path}`, { method: 'POST', body: JSON.stringify(body) })
    await box.files.write('/workspace/state', 'before')
    expect((await at('checkpoints', { name: 'before' })).status).toBe(201)
    await box.files.write('/workspace/state', 'after')
    expect(await (await at('rollback', { to: 'before' })).json()).toMatchObject({ state: 'ready' })
    expect(await box.files.readText('/workspace/state')).toBe('before')

    expect((await at('checkpoints', { name: '../up' })).status).toBe(400)
    expect((await at('rollback', { to: 'never' })).status).toBe(404)
    for (const path of ['fork', 'pause', 'resume']) expect((await at(path, {})).status).toBe(404)
  })

  test('that the orchestrator dies in is finished by the next one', async () => {
    await using box = await up()
    await write(box, 'before')
    await box.checkpoint('kept')
    await write(box, 'after')
    const rollback = box.rollback('kept').catch((cause: unknown) => cause)
    await until(async () => (await containersOf(box.id)).length === 1)
    await stuntdouble.stopOrchestrator('SIGKILL')
    await rollback

    const again = await rejoined(box)
    expect((await again.info()).state).toBe('ready')
    expect(await read(again)).toEqual(all('before'))
  })
})

describe('a checkpoint', () => {
  test('that the orchestrator dies in holds nothing still, and leaves nothing', async () => {
    await using box = await up({ ttl: '40s' })
    await write(box, 'before')
    const { expiresAt } = await box.info()
    const checkpoint = box.checkpoint('kept').catch((cause: unknown) => cause)
    await until(async () => (await containersOf(box.id)).some(({ name }) => name === 'helper.'))
    await stuntdouble.stopOrchestrator('SIGKILL')
    await checkpoint

    const again = await rejoined(box)
    expect(await read(again)).toEqual(all('before'))
    expect(await again.checkpoints()).toEqual([])
    expect((await again.checkpoint('kept')).name).toBe('kept')
    await stuntdouble.stopOrchestrator('SIGKILL')
    await until(async () => (await running(box.id)) === 0)
    expect(Date.now() - Date.parse(expiresAt)).toBeLessThan(10_000)
    const control = await awake()
    const receipt = await until(() => control.receipt(box.id).catch(() => undefined))
    expect(receipt).toMatchObject({ clean: true, reason: 'expired' })
  })
})

describe('forks', () => {
  test('begin alike and go their own ways', async () => {
    await using box = await up()
    await write(box, 'before')
    const forks = await box.fork({ count: 3 })
    await using endings = new AsyncDisposableStack()
    for (const fork of forks) endings.use(fork)
    for (const fork of forks) {
      expect(await read(fork)).toEqual(all('before'))
      await write(fork, fork.id)
    }

    for (const fork of forks) expect(await read(fork)).toEqual(all(fork.id))
    expect(await read(box)).toEqual(all('before'))
    expect(await box.checkpoints()).toEqual([])
    for (const fork of forks) expect(await fork.kill()).toMatchObject({ clean: true })
  })

  test('that the orchestrator dies in are gone, and their sandbox is not', async () => {
    await using box = await up({ blueprint: { ttl: '20m', data: { db: { source: 'shop' } } } })
    await box.files.write('/workspace/state', 'before')
    const forking = box.fork({ count: 2 }).catch((cause: unknown) => cause)
    await until(async () => (await sandboxesOnTheEngine()).size > 1)
    await stuntdouble.stopOrchestrator('SIGKILL')
    await forking

    const again = await rejoined(box)
    expect(await again.files.readText('/workspace/state')).toBe('before')
    expect(await again.checkpoints()).toEqual([])
    await until(async () => (await sandboxesOnTheEngine()).size === 1)
  })
})

describe('a paused sandbox', () => {
  test('uses no processor, answers nobody, and goes on where it was', async () => {
    await using box = await up({ blueprint: { ttl: '20m' } })
    const busy = 'nohup sh -c "while :; do date +%s%N > /workspace/now; done" >/dev/null 2>&1 &'
    await box.commands.run(busy)
    await box.pause()
    await expect(box.commands.run('true')).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining(`sandbox resume ${box.id}`),
    })
    const before = await cpuOf(box.id)
    await sleep(1_000)
    expect((await cpuOf(box.id)) - before).toBeLessThan(20_000_000)

    await box.resume()
    const seen = await box.files.readText('/workspace/now')
    await until(async () => (await box.files.readText('/workspace/now')) !== seen)
  })

  test('ends at its hard end, with the orchestrator dead', async () => {
    const box = await up({ ttl: '15s' })
    await box.pause()
    const { expiresAt } = await box.info()
    await stuntdouble.stopOrchestrator('SIGKILL')
    await until(async () => (await running(box.id)) === 0)

    expect(Date.now() - Date.parse(expiresAt)).toBeLessThan(10_000)
    const control = await awake()
    const receipt = await until<Receipt | undefined>(() =>
      control.receipt(box.id).catch(() => undefined),
    )
    expect(receipt).toMatchObject({ clean: true, reason: 'expired' })
  })
})

/** Any command starts the next orchestrator. */
async function awake(): Promise<ControlClient> {
  await stuntdouble.json(['ls'])
  return await stuntdouble.control()
}

/** The same sandbox, through the next orchestrator. */
async function rejoined({ id }: Sandbox): Promise<Sandbox> {
  const control = await awake()
  return Sandbox.of(await control.handover(id), control)
}

/** The test’s own timeout is the limit. */
async function until<T>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    const seen = await look()
    if (seen) return seen
    await sleep(20)
  }
}

async function containersOf(id: string) {
  const docker = await openEngine()
  const filters = JSON.stringify({ label: [`dev.stuntdouble.sandbox=${id}`] })
  const found = await docker.listContainers({ all: true, filters })
  return found.map(({ Id, State, Labels }) => ({
    id: Id,
    state: State,
    name: Labels['dev.stuntdouble.kind'] ?? '',
  }))
}

const running = async (id: string) =>
  (await containersOf(id)).filter(({ state }) => state === 'running').length

async function sandboxesOnTheEngine(): Promise<ReadonlySet<string>> {
  const left = await listLeftovers(await stuntdouble.installation())
  return new Set(left.flatMap(({ pod }) => (pod?.startsWith('sb') ? [pod] : [])))
}

/** Nanoseconds, of the workspace. */
async function cpuOf(id: string): Promise<number> {
  const docker = await openEngine()
  const workspace = (await containersOf(id)).find(({ name }) => name === 'workspace')
  const stats = await docker.getContainer(workspace?.id ?? '').stats({ stream: false })
  return stats.cpu_stats.cpu_usage.total_usage
}
