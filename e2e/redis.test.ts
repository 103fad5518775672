import { Sandbox } from '@stuntdouble/sdk'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dataFilesOf, survivors } from './lib/data-files.ts'
import { listLeftovers } from './lib/leftovers.ts'
import { type RedisProduction, startRedis } from './lib/redis-production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const configuration = `sources:
  sessions: { kind: redis, url: "\${env:SESSIONS_URL}", policy: ./keys.yaml }
  cache: { kind: redis, url: "\${env:SESSIONS_URL}", stance: empty }
`
const blueprint = `ttl: 30m
data: { sessions: { source: sessions }, cache: { source: cache } }
`
const policy = `
"session:{email}": { fields: { name: full_name, email: email, token: secret, seen: keep, card: drop } }
"user:*:profile": { json: { "$.email": email, "$.name": full_name, "$.plan": keep } }
"online": email
"queue:mail": { json: { "$.to": email, "$.template": keep } }
"board": full_name
"visits:*": keep
"lock:**": drop
`

const people = Array.from({ length: 40 }, (_, index) => ({
  name: `Annegret Musterfrau${'abcdefghij'[index % 10]}${'klmn'[Math.floor(index / 10)]}`,
  email: `annegret.${index}@musterfrau-${index % 7}.de`,
  token: `tok_9f86d081884c7d65${1000 + index}`,
}))

async function fill({ redis }: RedisProduction): Promise<void> {
  for (const [index, { name, email, token }] of people.entries()) {
    await redis.hset(`session:${email}`, { name, email, token, seen: '2026-01-01', card: '4111' })
    if (index % 2 === 0) await redis.expire(`session:${email}`, 3600)
    const profile = { email, name, plan: 'gold', visits: index }
    await redis.set(`user:${index}:profile`, JSON.stringify(profile))
    await redis.sadd('online', email)
    await redis.rpush('queue:mail', JSON.stringify({ to: email, template: 'welcome' }))
    await redis.zadd('board', index, name)
    await redis.set(`lock:${email}:cart`, token)
  }
  await redis.set('visits:2026-01-01', '4711')
}

interface Journey extends AsyncDisposable {
  readonly production: RedisProduction
  readonly stuntdouble: Stuntdouble
  readonly box: Sandbox
}

async function travel(): Promise<Journey> {
  await using scope = new AsyncDisposableStack()
  const production = scope.use(await startRedis())
  await fill(production)
  const stuntdouble = scope.use(
    await Stuntdouble.open({
      files: { 'stuntdouble.yaml': configuration, 'sandbox.yaml': blueprint, 'keys.yaml': policy },
      env: { SESSIONS_URL: production.url },
    }),
  )
  await stuntdouble.json(['snapshot', 'build', '--source', 'sessions'])
  await stuntdouble.json(['snapshot', 'build', '--source', 'cache'])
  const handed = await stuntdouble.json<{ url: string }>(['up'])
  const box = await Sandbox.connect(handed.url)
  const parts = scope.move()
  return { production, stuntdouble, box, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

describe('a Redis, cloned, anonymized and wrecked', () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await travel()
  })
  afterAll(() => journey?.[Symbol.asyncDispose]())

  const inside = async (command: string) =>
    (await journey.box.commands.run(`redis-cli -u "$SESSIONS_URL" ${command}`)).stdout.trim()

  test('holds what production holds, but for what its policy drops', async () => {
    expect(await inside('DBSIZE')).toBe('84')
    expect(await inside('LLEN queue:mail')).toBe('40')
    expect(await inside('SCARD online')).toBe('40')
    expect(await inside('GET visits:2026-01-01')).toBe('4711')
    expect(await inside('--raw KEYS "lock:*"')).toBe('')
  })

  test('an address is the same in a name, a field, a member and a document', async () => {
    const [key = ''] = (await inside('--raw KEYS "session:*"')).split('\n')
    const email = key.slice('session:'.length)

    expect(email).toMatch(/@example\.com$/)
    expect(await inside(`HGET ${key} email`)).toBe(email)
    expect(await inside(`HKEYS ${key}`)).not.toContain('card')
    expect(await inside(`SISMEMBER online ${email}`)).toBe('1')
    expect(await inside('--raw LRANGE queue:mail 0 -1')).toContain(
      `"to":"${email}","template":"welcome"`,
    )
  })

  test('scores and lifetimes are kept, and a lifetime runs from the start of the sandbox', async () => {
    const keys = (await inside('--raw KEYS "session:*"')).split('\n')
    const left = await Promise.all(keys.map(async (key) => Number(await inside(`TTL ${key}`))))

    expect(left.filter((seconds) => seconds === -1)).toHaveLength(20)
    expect(left.filter((seconds) => seconds > 3300 && seconds <= 3600)).toHaveLength(20)
    expect(await inside('ZRANGE board 0 0 WITHSCORES')).toMatch(/\n0$/)
  })

  test('no name, address or token of a person is in what the server wrote', async () => {
    const telling = people.flatMap(({ name, email, token }) => [name, email, token])
    const files = await dataFilesOf(journey.box.id, 'sessions')

    expect(files.length).toBeGreaterThan(10_000)
    expect(survivors(telling, files)).toEqual([])
    expect(survivors(['welcome'], files)).toEqual(['welcome'])
  })

  test('an empty one is there beside it', async () => {
    const { stdout } = await journey.box.commands.run('redis-cli -u "$CACHE_URL" DBSIZE')
    expect(stdout.trim()).toBe('0')
    const { databases } = await journey.stuntdouble.json<{ databases: Record<string, unknown> }>([
      ...['url', journey.box.id],
    ])
    expect(Object.keys(databases)).toEqual(['sessions', 'cache'])
  })

  test('it is reached from the orchestrator’s machine as databases are', async () => {
    const { url } = await journey.stuntdouble.json<{ url: string }>([
      ...['db', journey.box.id, 'sessions'],
    ])
    const redis = new Redis(url)
    try {
      expect(await redis.dbsize()).toBe(84)
    } finally {
      redis.disconnect()
    }
  })

  test('whoever is inside may do what it likes to the data, and nothing to the server', async () => {
    for (const command of [
      'CONFIG SET dir /tmp',
      'MODULE LIST',
      'DEBUG SLEEP 0',
      'REPLICAOF 127.0.0.1 3128',
      'ACL LIST',
      'SHUTDOWN NOSAVE',
      'MIGRATE 127.0.0.1 3128 board 0 10',
    ]) {
      expect(await inside(command), command).toMatch(/NOPERM|ERR/)
    }
    expect(await inside(`EVAL "return redis.call('SET', KEYS[1], 1)" 1 visits:2026-01-02`)).toBe(
      'OK',
    )
  })

  test('it can be emptied while production does not notice', async () => {
    const before = await journey.production.digest()
    expect(await inside('FLUSHALL')).toBe('OK')

    expect(await inside('DBSIZE')).toBe('0')
    expect(await journey.production.digest()).toBe(before)
    expect(await journey.production.redis.dbsize()).toBe(124)
  })

  test('after it is ended the receipt is clean and the engine holds nothing of it', async () => {
    const receipt = await journey.stuntdouble.json<{ clean: boolean }>(['down', journey.box.id])
    const left = await listLeftovers(await journey.stuntdouble.installation())

    expect(receipt).toMatchObject({ clean: true, doubts: [] })
    expect(left.filter(({ name }) => name.includes(journey.box.id))).toEqual([])
  })
})
