import { buffer, json } from 'node:stream/consumers'
import type { z } from 'zod'
import { SandboxError } from '../errors.ts'
import { patchType } from '../wire/changes.ts'
import { EgressTestRequest } from '../wire/egress.ts'
import { ExtendRequest, TimeoutRequest } from '../wire/extend.ts'
import { errorOf, problemOf } from '../wire/problem.ts'
import { ndjsonType } from '../wire/progress.ts'
import {
  CreateSandboxRequest,
  HandoverRequest,
  idempotencyHeader,
  RenewRequest,
  RevokeRequest,
} from '../wire/sandbox.ts'
import { BuildSnapshotRequest, ReviewRequest, type Snapshot } from '../wire/snapshot.ts'
import { checkpointRoutes } from './fake-checkpoints.ts'
import { snapshotId } from './fake-data.ts'
import { notEnded } from './fake-errors.ts'
import { eventsAnswer } from './fake-events.ts'
import { fakeMetrics } from './fake-metrics.ts'
import type { Exchange } from './fake-state.ts'

type Handler = (exchange: Exchange, id: string, name: string) => unknown

const routes: Readonly<Record<string, Handler>> = {
  'GET /v1/health': ({ state }) => ({
    ok: true,
    version: '0.0.0',
    installation: 'test',
    ...state.health,
  }),
  'GET /v1/doctor': () => ({
    ok: true,
    checks: [{ name: 'engine', status: 'ok', message: 'Docker 20.10' }],
  }),
  'GET /v1/e2b': () => ({
    E2B_API_URL: 'http://127.0.0.1:1/e2b',
    E2B_SANDBOX_URL: 'http://127.0.0.1:2/e2b',
    E2B_API_KEY: 'e2b_00',
    E2B_DOMAIN: 'localhost:2',
  }),
  'GET /v1/sandboxes': ({ state, request }) => ({
    sandboxes: [...state.sandboxes.values()]
      .map(({ view }) => view)
      .filter(({ state }) => state !== 'ended' || request.url?.endsWith('?all=true')),
  }),
  'POST /v1/sandboxes': async (exchange) => {
    const request = await bodyOf(exchange, CreateSandboxRequest)
    const { state } = exchange
    const key = exchange.request.headers[idempotencyHeader]
    await longWork(
      exchange,
      () => (key ? state.createOnce(String(key), request) : state.create(request)).handover,
    )
  },
  'GET /v1/sandboxes/:id': ({ state }, id) => state.get(id).view,
  'DELETE /v1/sandboxes/:id': ({ state }, id) => state.end(id),
  'GET /v1/sandboxes/:id/receipt': ({ state }, id) => {
    const { receipt } = state.get(id)
    if (!receipt) throw notEnded(id)
    return receipt
  },
  'POST /v1/sandboxes/:id/extend': async (exchange, id) => {
    return exchange.state.extend(id, await bodyOf(exchange, ExtendRequest))
  },
  'POST /v1/sandboxes/:id/timeout': async (exchange, id) => {
    const { timeoutMs } = await bodyOf(exchange, TimeoutRequest)
    return exchange.state.endAt(id, exchange.state.now() + timeoutMs)
  },
  'POST /v1/sandboxes/:id/handover': async (exchange, id) => {
    const { ttl } = await bodyOf(exchange, HandoverRequest)
    return exchange.state.issue(exchange.state.ready(id).view.id, ttl)
  },
  'POST /v1/sandboxes/:id/handover/renew': async (exchange) => {
    exchange.state.renewed.add((await bodyOf(exchange, RenewRequest)).token)
    exchange.response.writeHead(204).end()
  },
  'POST /v1/sandboxes/:id/handover/revoke': async (exchange) => {
    const { token } = await bodyOf(exchange, RevokeRequest)
    exchange.state.issued.delete(token)
    exchange.state.revoked.add(token)
    exchange.response.writeHead(204).end()
  },
  'POST /v1/sandboxes/:id/databases/:name/local': () => ({
    url: 'postgres://app:pw@127.0.0.1:54321/shop',
    host: '127.0.0.1',
    port: 54_321,
  }),
  'GET /v1/sandboxes/:id/events': ({ state }, id) => ({ events: [eventOf(id), ...state.events] }),
  'GET /v1/sandboxes/:id/metrics': ({ state }, id) => fakeMetrics(state.ready(id) && state.now()),
  'GET /v1/sandboxes/:id/changes': ({ state }, id) => ({
    sandbox: state.get(id).view.id,
    ...state.changes,
  }),
  'GET /v1/sandboxes/:id/patch': ({ state, response }) => {
    response.writeHead(200, { 'content-type': patchType }).end(state.patch)
  },
  ...checkpointRoutes,
  'GET /v1/events': (exchange) => eventsAnswer(exchange),
  'GET /v1/pool': () => pool,
  'DELETE /v1/pool': () => ({ receipts: [] }),
  'POST /v1/egress/:id': async (exchange) => {
    const { url } = await bodyOf(exchange, EgressTestRequest)
    const allowed = url.includes('allowed')
    const rest = allowed ? { rule: 'npm', reason: null, hint: null } : refusedByPolicy
    return { allowed, target: 'a.example:443', message: `About ${url}.`, ...rest }
  },
  'PUT /v1/workspaces': async ({ request, state }) => {
    const archive = await buffer(request)
    const id = `ws${state.workspaces.size}`
    state.workspaces.set(id, archive)
    return { id, entries: 1, bytes: archive.length }
  },
  'PUT /v1/workspaces/:id': async ({ request }) => {
    const archive = await buffer(request)
    return {
      ...{ clean: !archive.includes('hunter2'), files: 1, bytes: archive.length, accepted: 0 },
      findings: archive.includes('hunter2') ? [finding] : [],
    }
  },
  'POST /v1/snapshots': async (exchange) => {
    const { source } = await bodyOf(exchange, BuildSnapshotRequest)
    await longWork(exchange, () => ({ ...snapshot, source }))
  },
  'GET /v1/snapshots': () => ({ snapshots: [snapshot] }),
  'GET /v1/snapshots/:id': () => ({
    ...snapshot,
    tablesDetail: [{ table: 'public.users', rows: 2, maskedColumns: ['email'] }],
    schemaFingerprint: 'f',
    policyDigest: 'd',
    leakCheck: {
      ...{ values: 20, searched: 9, tooShort: 3, plain: 8, tooCommon: 1, sampledOneIn: 4 },
      bytes: 2 ** 20,
    },
    signature: 's',
  }),
  'DELETE /v1/snapshots/:id': ({ state, response }, id) => {
    const refusal = state.kept.get(id)
    if (refusal) throw refusal
    response.writeHead(204).end()
  },
  'GET /v1/sources': () => ({ sources: [source] }),
  'POST /v1/sources/:id/review': async (exchange, name) => {
    const { update } = await bodyOf(exchange, ReviewRequest)
    await longWork(exchange, () => ({ ...review, source: name, written: update }))
  },
  'POST /v1/sources/:id/plan': (exchange, source) =>
    longWork(exchange, () => ({ ...plan, source })),
}

const pool = {
  size: 'auto',
  blueprints: [
    {
      ...{ image: 'stuntdouble/workspace', data: { db: 'shop' }, snapshots: [snapshotId] },
      ...{ memoryBytes: 2 ** 31, wanted: 2, warm: 1, making: 1, claimed: 7, missed: 3 },
      askedAt: new Date().toISOString(),
    },
  ],
  capacity: {
    ...{ sandboxes: 5, maxSandboxes: 64, memoryBytes: 2 ** 33, maxMemoryBytes: 2 ** 36 },
    ...{ pooled: { sandboxes: 1, memoryBytes: 2 ** 31 }, waiting: 2 },
  },
}

const finding = {
  ...{ file: 'src/a.ts', line: 3, what: 'looks like a secret (github)' },
  ...{ hint: 'Remove it.', code: '0123456789abcdef' },
}

const refusedByPolicy = { rule: null, reason: 'host_not_allowed', hint: 'Do not retry.' }

export async function controlAnswer(exchange: Exchange): Promise<void> {
  const { request, response, state } = exchange
  const [path = ''] = (request.url ?? '').split('?')
  const known = request.headers.authorization === `Bearer ${state.apiKey}`
  if (!known && path !== '/v1/health') throw unauthorized()
  const [, , kind, id, rest, name, last] = path.split('/')
  const named = rest === 'databases' || (rest === 'checkpoints' && name) ? ':name' : name
  const shape = [`/v1/${kind}`, id && ':id', rest, named, last].filter(Boolean).join('/')
  const handler = routes[`${request.method} ${shape}`]
  if (!handler) throw new Error(`no route ${request.method} ${shape}`)
  const value = await handler(exchange, decodeURIComponent(id ?? ''), name ?? '')
  if (value !== undefined) answer(response, value)
}

export function answer(response: Exchange['response'], value: unknown) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

export async function bodyOf<Schema extends z.ZodType>(
  { request }: Exchange,
  schema: Schema,
): Promise<z.output<Schema>> {
  const result = schema.safeParse(await json(request))
  if (result.success) return result.data
  throw new SandboxError('usage', result.error.message, { hint: 'Correct the request.' })
}

/** Progress, then a result; or the failure the test has arranged; or nothing, once the client has gone. */
async function longWork({ request, response, state }: Exchange, work: () => unknown) {
  const gone = new Promise<'gone'>((resolve) => response.once('close', () => resolve('gone')))
  const streamed = request.headers.accept === ndjsonType
  const line = (value: object) => streamed && response.write(`${JSON.stringify(value)}\n`)
  if (state.breaks > 0) {
    state.breaks -= 1
    work()
    response.destroy()
    return
  }
  if (streamed) response.writeHead(201, { 'content-type': ndjsonType })
  line({ type: 'progress', phase: 'work', message: 'Working', done: 1, total: 2, unit: 'steps' })
  if ((await Promise.race([state.hold, gone])) === 'gone') {
    state.abandoned += 1
    return
  }
  const { failure } = state
  if (failure && !streamed) throw errorOf(problemOf(failure))
  if (failure) line({ type: 'error', problem: problemOf(failure) })
  else if (streamed) line({ type: 'result', value: work() })
  else return answer(response, work())
  response.end()
}

const eventOf = (sandbox: string) => ({
  seq: 1,
  at: '2026-01-01T00:00:00.000Z',
  sandbox,
  type: 'created',
  data: {},
})

const snapshot: Snapshot = {
  id: snapshotId,
  source: 'shop',
  kind: 'postgres',
  state: 'sealed',
  version: 16,
  image: 'stuntdouble/postgres:16',
  database: 'shop',
  rows: 200_000,
  tables: 12,
  masked: 31,
  sizeBytes: 44_040_192,
  findings: [{ severity: 'warning', where: 'public.audit.message', message: 'free text' }],
  startedAt: '2026-01-01T00:00:00.000Z',
  sealedAt: '2026-01-01T00:00:09.000Z',
}

const source = {
  name: 'shop',
  kind: 'postgres',
  address: '127.0.0.1:5432/shop',
  policyPath: '/etc/masking.yaml',
  policyExists: true,
}

const column = { table: 'public.users', type: 'text', change: 'same' } as const
const review = {
  policyPath: '/etc/masking.yaml',
  existed: true,
  columns: [
    { ...column, column: 'email', strategy: 'email', reason: 'name', unsure: false },
    {
      ...column,
      column: 'note',
      strategy: 'text',
      reason: 'free text',
      unsure: true,
      change: 'added',
    },
  ],
  unsure: 1,
  masked: 2,
  kept: 0,
  yaml: 'public.users:\n  email: email\n',
}

const plan = {
  ...{ subset: true, rows: 1042, of: 90_000 },
  tables: [
    { table: 'public.users', why: ['root: limit 1000'], rows: 1000, of: 80_000, cut: 79_000 },
    { table: 'public.country', why: ['parent of public.users'], rows: 42, of: 200, cut: 0 },
    { table: 'public.audit', why: ['not reached'], rows: 0, of: 9800, cut: 0 },
  ],
}

const unauthorized = () =>
  new SandboxError('unauthorized', 'The key is not known here.', {
    hint: 'Set STUNTDOUBLE_API_KEY.',
  })
