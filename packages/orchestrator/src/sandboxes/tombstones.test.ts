import { OperatorConfig, type Problem } from '@stuntdouble/sdk/wire'
import { describe, expect, test } from 'vitest'
import { type AppParts, createApp, createGatewayApp } from '../app.ts'
import { createAuth } from '../auth/auth.ts'
import { e2bMigrations } from '../doors/e2b/notes.ts'
import { createLog } from '../lib/log.ts'
import { createWrongKeys } from '../lib/wrong-keys.ts'
import { listen } from '../listen.ts'
import { openE2b } from '../open-e2b.ts'
import { openMcp } from '../open-mcp.ts'
import { openQueries } from '../open-queries.ts'
import { createPreviews } from '../previews/previews.ts'
import type { ServerKinds } from '../sources/sources.ts'
import { openStorage } from '../storage/storage.ts'
import { openLifecycle } from './testing/lifecycle-under-test.ts'

const key = 'sdk_the-right-one'
const minute = 60_000
const day = 24 * 60 * minute
const anywhere = { host: '127.0.0.1', port: 0, remembered: 0 }

/** Both apps over the lifecycle in memory. */
async function open() {
  await using scope = new AsyncDisposableStack()
  const under = scope.use(await openLifecycle())
  const { sandboxes, capabilities, recorder, doors, time } = under
  const clock = () => time.now
  const shared = {
    ...{ recorder, doors, log: createLog('silent') },
    ...{ names: [], sandboxPage: null, wrongKeys: createWrongKeys(clock) },
  }
  const e2b = openE2b({
    ...{ ...shared, sandboxes, capabilities, clock, installation: { apiKey: key } },
    storage: scope.use(openStorage(':memory:', e2bMigrations)),
    config: { ...OperatorConfig.parse({}), templates: {} },
    origin: { control: '', gateway: '' },
  })
  const queries = openQueries({ ...under, kinds: {} as ServerKinds })
  const mcp = openMcp({ ...shared, ...under, version: '0', queries }).inside
  const previews = createPreviews({
    ...{ ...shared, ...under, sandboxes, capabilities, clock, origin: () => '' },
    ...{
      commands: doors.commands,
      canaries: { look: () => () => false },
      domain: undefined,
      proxies: [],
    },
  })
  scope.use(previews)
  const gateway = scope.use(
    await listen(
      createGatewayApp({
        ...{ ...shared, hosted: sandboxes, capabilities, e2b, previews, mcp, queries },
        origin: () => '',
      }),
      anywhere,
    ),
  )
  const parts = {
    ...shared,
    ...{ sandboxes, auth: createAuth(key, clock), dashboard: '/nowhere', version: '0' },
    ...{ installation: 'test', snapshots: { building: false }, e2b, mcp },
  } as unknown as AppParts
  const control = scope.use(await listen(createApp(parts), anywhere))
  const open = scope.move()
  return {
    under,
    /** At the gateway. */
    open: (path: string, init?: RequestInit) => fetch(`${gateway.origin}/s/${path}`, init),
    /** At the control plane. */
    ask: (asked: string, body?: object, headers: Record<string, string> = {}) => {
      const [method = '', path = ''] = asked.split(' ')
      return fetch(`${control.origin}/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
      })
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

const problemIn = async (response: Response) => (await response.json()) as Problem

describe('of a sandbox that ended', () => {
  test('every address answers 410, with why and when', async () => {
    await using at = await open()
    const { id, token } = await at.under.create()
    const { endedAt } = await at.under.sandboxes.end(id, 'down')
    const bearer = { headers: { authorization: `Bearer ${token}` } }
    const answers = await Promise.all([
      at.open(token),
      at.open(`${token}/files/workspace`),
      at.open(`${token}/exec`, { method: 'POST', body: '{"command":"ls"}' }),
      at.open(id, bearer),
      at.ask(`POST /sandboxes/${id}/extend`, { by: '5m' }),
      at.ask(`POST /sandboxes/${id}/handover`, {}),
      at.ask(`POST /sandboxes/${id}/handover/renew`, { token, ttl: '5m' }),
      at.ask(`POST /sandboxes/${id}/databases/db/local`, {}),
      at.ask(`GET /sandboxes/${id}/changes`),
      at.ask(`GET /sandboxes/${id}/patch`),
    ])

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 410))
    for (const problem of await Promise.all(answers.map(problemIn))) {
      expect(problem).toMatchObject({
        ...{ type: 'urn:stuntdouble:error:sandbox_gone', code: 'sandbox_gone' },
        details: { sandbox: id, reason: 'down', endedAt },
      })
    }
  })

  test('no traffic revives anything', async () => {
    await using at = await open()
    const { id, token } = await at.under.create()
    await at.under.sandboxes.end(id, 'down')
    const before = at.under.sandboxes.get(id)
    for (let asked = 0; asked < 20; asked++) await at.open(token)
    await at.ask(`POST /sandboxes/${id}/extend`, { by: '5m' })
    await at.ask(`DELETE /sandboxes/${id}`)

    expect(at.under.sandboxes.get(id)).toEqual(before)
    expect(await at.under.remains()).toEqual([])
  })

  test('a stranger is told what they would be told of one that never was', async () => {
    await using at = await open()
    const { id } = await at.under.create()
    const other = await at.under.create()
    await at.under.sandboxes.end(id, 'down')
    const wrong = 'x'.repeat(43)
    const never = 'sb0000never00'
    const bearer = { headers: { authorization: `Bearer ${other.token}` } }
    const said = async (path: string, init?: RequestInit) => {
      const response = await at.open(path, init)
      return { status: response.status, problem: await response.json() }
    }
    const unknown = await said(`sd_${never}_${wrong}`)

    expect(unknown.status).toBe(401)
    expect(await said(`sd_${id}_${wrong}`)).toEqual(unknown)
    expect(await said(id)).toEqual(unknown)
    expect(await said(id, bearer)).toEqual(unknown)
    expect(await said(never, bearer)).toEqual(unknown)
  })

  test('it is remembered as long as the operator says, and then is not known', async () => {
    await using at = await open()
    const { under } = at
    const { id, token } = await under.create()
    await under.sandboxes.end(id, 'down')
    under.time.now += 30 * day
    // What forgets does so when it starts, and every hour.
    await using remembering = under.restarted()
    expect((await at.open(token)).status).toBe(410)
    expect(remembering.receipt(id)).toMatchObject({ clean: true })
    under.time.now += 1
    await using forgetful = under.restarted()

    await expect.poll(async () => (await at.open(token)).status).toBe(401)
    expect(() => forgetful.get(id)).toThrow(/No sandbox/)
    expect((await at.ask(`GET /sandboxes/${id}`)).status).toBe(404)
    expect(under.recorder.list(id)).toEqual([])
  })
})

describe('the idle end', () => {
  test('is not moved by those who only look', async () => {
    await using at = await open()
    const { id } = await at.under.create({ ttl: '2h', idle: '10m' })
    const { idleAt } = at.under.sandboxes.get(id)
    at.under.time.now += minute
    const looks = ['', `/${id}`, `/${id}/events`, '?all=true'].map((path) => `/sandboxes${path}`)
    for (const path of [...looks, '/health', `/events?after=0&sandbox=${id}`]) {
      const response = await at.ask(`GET ${path}`, undefined, { accept: 'application/json' })
      expect(response.status, path).toBe(200)
    }
    const handover = await at.ask(`POST /sandboxes/${id}/handover`, {})

    expect(handover.status).toBe(201)
    expect(at.under.sandboxes.get(id).idleAt).toBe(idleAt)
  })

  test('is moved by who opens its address, and by who extends it', async () => {
    await using at = await open()
    const { id, token } = await at.under.create({ ttl: '1h', idle: '10m' })
    const left = () => at.under.sandboxes.get(id).secondsLeft
    for (const use of [
      () => at.open(token),
      () => at.open(`${token}/exec`, { method: 'POST', body: '{"command":"ls"}' }),
      () => at.ask(`POST /sandboxes/${id}/extend`, { by: '5m' }),
    ]) {
      at.under.time.now += minute
      expect(left()).toBe(540)
      expect((await use()).ok).toBe(true)
      expect(left()).toBe(600)
    }
    const told = (await (await at.open(token)).json()) as { secondsLeft: number }
    expect(told.secondsLeft).toBe(600)
  })
})

describe('an Idempotency-Key', () => {
  const blueprint = { data: { db: { source: 'shop' } } }

  test('raced makes one sandbox', async () => {
    await using at = await open()
    const headers = { 'idempotency-key': 'a-b-c' }
    const ask = () => at.ask('POST /sandboxes', { blueprint }, headers)
    const made = await Promise.all([ask(), ask()])
    const handed = (await Promise.all(made.map((one) => one.json()))) as { id: string }[]

    expect(made.map(({ status }) => status)).toEqual([201, 201])
    expect(handed[0]?.id).toBe(handed[1]?.id)
    const other = await at.ask('POST /sandboxes', { blueprint, ttl: '9m' }, headers)
    expect(other.status).toBe(422)
    expect(await problemIn(other)).toMatchObject({ code: 'idempotency_mismatch' })
  })

  test.each(['two words', 'x'.repeat(256), ''])('%j is refused', async (given) => {
    await using at = await open()
    const refused = await at.ask('POST /sandboxes', {}, { 'idempotency-key': given })

    expect(refused.status).toBe(400)
    expect(at.under.sandboxes.list({ ended: true })).toEqual([])
  })
})
