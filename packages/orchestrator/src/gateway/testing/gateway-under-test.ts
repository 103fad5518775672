import { Readable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { OperatorConfig, type Problem, type SandboxView } from '@stuntdouble/sdk/wire'
import { createGatewayApp } from '../../app.ts'
import { capabilityMigrations, createCapabilities } from '../../capabilities/capabilities.ts'
import type { Doors, Files } from '../../doors/doors.ts'
import { e2bMigrations } from '../../doors/e2b/notes.ts'
import { startPod } from '../../doors/testing/start-pod.ts'
import type { Engine } from '../../engine/engine.ts'
import { openFakeEngine } from '../../engine/fake/fake-engine.ts'
import type { FakeProgram } from '../../engine/fake/fake-process.ts'
import { createLog } from '../../lib/log.ts'
import { createWrongKeys } from '../../lib/wrong-keys.ts'
import { listen } from '../../listen.ts'
import { openDoors } from '../../open-doors.ts'
import { openE2b } from '../../open-e2b.ts'
import { openMcp } from '../../open-mcp.ts'
import { openQueries } from '../../open-queries.ts'
import { createPreviews } from '../../previews/previews.ts'
import { createRecorder, type Recorder, recorderMigrations } from '../../recorder/recorder.ts'
import type { SandboxDatabase } from '../../sandboxes/sandbox.ts'
import type { Sandboxes } from '../../sandboxes/sandboxes.ts'
import { known } from '../../secrets/testing/known.ts'
import type { RunQuery, ServerKinds } from '../../sources/sources.ts'
import { openStorage } from '../../storage/storage.ts'
import { openFront } from '../front.ts'

export const sandbox = 'sb000000000000'
/** What no answer of a preview may hold. */
export const canary = 'canary-0123456789'

interface Options {
  /** Files by the program’s own commands, and not in a map. */
  readonly realFiles?: boolean
  /** What the database answers. */
  readonly query?: RunQuery
}

/** The gateway’s app on a port of its own, before a sandbox that is a script. */
export async function openGateway(program: FakeProgram = () => 0, options: Options = {}) {
  await using scope = new AsyncDisposableStack()
  const storage = scope.use(
    openStorage(':memory:', [...recorderMigrations, ...capabilityMigrations, ...e2bMigrations]),
  )
  const time = { now: Date.now() }
  const clock = () => time.now
  const capabilities = createCapabilities(storage, clock)
  const recorder = createRecorder(storage, clock)
  const engine = scope.use(openFakeEngine({ program }))
  await startPod(engine, sandbox)
  const { uses, visits, cuts, hosted } = hostedHere()
  const contents = new Map<string, Buffer>()
  const own = scope.use(openDoors({ engine, clock, registered: known(), recorder }))
  const doors = { ...own, ...(!options.realFiles && { files: filesIn(contents) }) }
  const log = createLog('silent')
  const { mcp, queries } = askedHere({ engine, doors, recorder, query: options.query })
  const shared = { capabilities, wrongKeys: createWrongKeys(clock), origin: () => gateway.origin }
  const previews = createPreviews({
    ...{ ...shared, engine, sandboxes: hosted, commands: doors.commands, clock, log },
    canaries: { look: () => (bytes) => Buffer.from(bytes).includes(canary) },
    ...{ domain: 'preview.example.com', proxies: ['127.0.0.1'] },
  })
  scope.use(previews)
  const e2b = openE2b({
    ...{ ...shared, recorder, doors, storage, clock, origin: { control: '', gateway: '' } },
    config: { ...OperatorConfig.parse({}), templates: {} },
    installation: { apiKey: 'sdk_key' },
    sandboxes: { ...hosted, ...notHere, list: () => [] },
  })
  const gatewayParts = {
    ...shared,
    recorder,
    log,
    doors,
    hosted,
    previews,
    e2b,
    mcp,
    queries,
    names: [],
    sandboxPage: null,
  }
  const front = openFront(gatewayParts, createGatewayApp(gatewayParts))
  const place = { host: '127.0.0.1', port: 0, remembered: 0 }
  const gateway = scope.use(await listen(front.request, place))
  gateway.server.on('upgrade', front.upgrade)
  const token = capabilities.issue(sandbox, time.now + 60_000)
  const url = `${gateway.origin}/s/${token}`
  const parts = scope.move()
  return {
    ...{ capabilities, recorder, contents, time, token, uses, url, origin: gateway.origin },
    ...{ engine, previews, visits },
    /** As the end of the sandbox does. */
    cut: () => cuts.forEach((cut) => void cut()),
    exec: (body: object, headers: Record<string, string> = {}) =>
      fetch(`${url}/exec`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

interface Tools {
  readonly query: RunQuery | undefined
  readonly engine: Engine
  readonly doors: Doors
  readonly recorder: Recorder
}

function askedHere({ query, doors, ...parts }: Tools) {
  const asked = { get: () => view, database: () => database, checkpoints: noCheckpoints }
  const sandboxes = asked as unknown as Sandboxes
  const kinds = { postgres: { query } } as unknown as ServerKinds
  const queries = openQueries({ ...parts, kinds, sandboxes })
  const { recorder } = parts
  const open = { version: '0.0.0', doors, queries, sandboxes, recorder, log: createLog('silent') }
  return { queries, mcp: openMcp(open).inside }
}

/** The sandbox as its doors know it, and who is at them. */
function hostedHere() {
  const uses = { open: 0, ever: 0 }
  const visits = { ever: 0, touched: 0 }
  const cuts = new Set<() => void>()
  const hosted = {
    checkpoints: noCheckpoints,
    get: () => view,
    metrics: absent,
    logs: absent,
    tombstone: () => undefined,
    use(_id: string, cut: () => void) {
      cuts.add(cut)
      return use(uses)
    },
    visit(id: string, cut: () => void) {
      if (id !== sandbox) throw gone()
      cuts.add(cut)
      visits.ever += 1
      return {
        touch: () => {
          visits.touched += 1
        },
        [Symbol.dispose]: () => void cuts.delete(cut),
      }
    },
  }
  return { uses, visits, cuts, hosted }
}

/** What is asked of the control plane alone. */
const absent = () => {
  throw new Error('this is the gateway')
}
const notHere = { create: absent, end: absent, endAt: absent, handover: absent }

export const problem = async (response: Response) => (await response.json()) as Problem

const database: SandboxDatabase = {
  ...{ name: 'db', kind: 'postgres', snapshot: 'sn000000000000', source: 'shop', image: 'image' },
  ...{ sealedVolume: 'sealed', port: 5432, url: 'postgres://app:pw@db:5432/shop' },
  credentials: { user: 'app', password: 'pw', database: 'shop' },
}

const view: SandboxView = {
  ...{
    id: sandbox,
    state: 'ready',
    image: 'stuntdouble/workspace',
    isolation: 'runc',
    snapshot: 'sn000000000000',
  },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-01T01:00:00.000Z' },
  ...{ idleAt: '2026-01-01T00:15:00.000Z', endedAt: null, endReason: null },
  databases: {
    db: {
      url: 'postgres://app:pw@db:5432/shop',
      snapshot: 'sn000000000000',
      source: '<b>shop</b>',
    },
  },
  ...{ files: {}, problem: null, clean: null, egress: [], credentials: {} },
}

function use(uses: { open: number; ever: number }): Disposable {
  uses.open += 1
  uses.ever += 1
  return {
    [Symbol.dispose]: () => {
      uses.open -= 1
    },
  }
}

const missing = (path: string) =>
  new SandboxError('file_not_found', `There is no "${path}" in the sandbox.`, { hint: 'Look.' })

/** Files in a map; `/` is the one directory, and reading `/torn` fails behind its first bytes. */
function filesIn(contents: Map<string, Buffer>): Files {
  return {
    read: async ({ path }) => {
      if (path === '/') return []
      if (path === '/torn') return { size: 9, body: Readable.from(torn()) }
      const bytes = contents.get(path)
      if (bytes === undefined) throw missing(path)
      return { size: bytes.length, body: Readable.from([bytes]) }
    },
    write: async ({ path }, body) => {
      const chunks: Buffer[] = []
      for await (const chunk of body) chunks.push(chunk)
      contents.set(path, Buffer.concat(chunks))
      return contents.get(path)?.length ?? 0
    },
    remove: async ({ path }) => {
      if (!contents.delete(path)) throw missing(path)
    },
  }
}

const gone = () => new SandboxError('sandbox_gone', 'It has ended.', { hint: 'Make a new one.' })

async function* torn() {
  yield Buffer.from('half')
  throw new SandboxError('engine_failed', 'The connection broke.', { hint: 'Try again.' })
}

const never = () => Promise.reject(new Error('nothing here makes checkpoints'))
const noCheckpoints = {
  ...{ create: never, list: () => [], remove: never, rollback: never },
  ...{ pause: never, resume: never, fork: never },
}
