import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type CreateSandboxInput,
  CreateSandboxRequest,
  EgressConfig,
  type Handover,
  LimitsConfig,
  type OperatorConfig,
} from '@stuntdouble/sdk/wire'
import { onTestFinished, vi } from 'vitest'
import { capabilityMigrations, createCapabilities } from '../../capabilities/capabilities.ts'
import { createDoors, type Doors } from '../../doors/doors.ts'
import { createEgress } from '../../egress/egress.ts'
import { noCredentials } from '../../egress/testing/credentials.ts'
import type { Engine, Resource } from '../../engine/engine.ts'
import { type FakeEngine, openFakeEngine } from '../../engine/fake/fake-engine.ts'
import type { FakeProgram } from '../../engine/fake/fake-process.ts'
import { FakeVolumes } from '../../engine/fake/fake-volumes.ts'
import { openInstallation } from '../../installation/installation.ts'
import { createLog } from '../../lib/log.ts'
import { createRecorder, recorderMigrations } from '../../recorder/recorder.ts'
import { known } from '../../secrets/testing/known.ts'
import { openSecrets } from '../../secrets/testing/secrets-under-test.ts'
import type { SealedSnapshot } from '../../snapshots/snapshots.ts'
import type { ServerKinds, StoreKind } from '../../sources/sources.ts'
import { openStorage, type Storage } from '../../storage/storage.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import { createSandboxes, type Sandboxes, sandboxMigrations } from '../sandboxes.ts'

export interface LifecycleUnderTest extends AsyncDisposable {
  readonly engine: FakeEngine
  readonly doors: Doors
  readonly storage: Storage
  readonly volumes: FakeVolumes
  readonly sandboxes: Sandboxes
  readonly recorder: ReturnType<typeof createRecorder>
  readonly capabilities: ReturnType<typeof createCapabilities>
  readonly cloned: Parameters<Workspaces['clone']>[0][]
  /** Ids of uploads. */
  readonly unpacked: string[]
  readonly discarded: string[]
  /** What is left of a workspace, as its receipt sees it. */
  readonly kept: Resource[]
  /** The newest snapshot of its source. */
  sealed: SealedSnapshot
  /** Registered as `stripe`. */
  readonly secret: string
  /** Moved by the test alone. */
  readonly time: { now: number }
  /** What the database’s readiness waits for. */
  ready: (signal: AbortSignal) => Promise<void>
  /** What commands do. */
  program: FakeProgram
  /** A sandbox with one database and an uploaded workspace. */
  create(request?: CreateSandboxInput, signal?: AbortSignal): Promise<Handover>
  /** Another process over the same journal and engine; this one’s view of it may differ. */
  restarted(engine?: Engine, policy?: string): Sandboxes
  /** Pods and volumes of sandboxes. */
  remains(): Promise<readonly string[]>
}

const secret = 'Winter is coming, twice'
const image = 'stuntdouble/postgres:15'

const sealed: SealedSnapshot = {
  ...{ id: 'sn000000000000', source: 'shop', kind: 'postgres', version: 15, image },
  volume: 'sealed-shop',
  credentials: { user: 'app', password: 'only-1n-this-s4ndb0x-8151c1', database: 'shop' },
}

interface Configured extends Partial<LimitsConfig> {
  readonly pool?: OperatorConfig['pool']
}

/** The lifecycle over a journal and an engine in memory. */
export async function openLifecycle({
  pool = 'off',
  ...limits
}: Configured = {}): Promise<LifecycleUnderTest> {
  await using scope = new AsyncDisposableStack()
  const directory = mkdtempSync(join(tmpdir(), 'lifecycle-'))
  scope.defer(() => rmSync(directory, { recursive: true }))
  const storage = scope.use(openStorage(':memory:', migrations))
  const time = { now: Date.UTC(2026, 0, 1) }
  const clock = () => time.now
  const volumes = new FakeVolumes()
  const engine = scope.use(
    openFakeEngine({ now: clock, program: (command) => under.program(command), volumes }),
  )
  await sealOne(engine)
  const recorder = createRecorder(storage, clock)
  const capabilities = createCapabilities(storage, clock)

  const doors = scope.use(createDoors({ engine, registered: known(), observer: nobody, clock }))
  const { secrets, ...scans } = openSecrets({ stripe: secret })
  scope.use(scans)

  const noted = { cloned: [], unpacked: [], discarded: [], kept: [] }
  const workspaces = workspacesThat(noted)
  const processes = scope.use(new AsyncDisposableStack())
  const restarted = (seen: Engine = engine, policy = 'as-it-is') =>
    processes.use(
      createSandboxes({
        ...{ storage, recorder, capabilities, clock, workspaces, engine: seen },
        snapshots: { sealed: () => under.sealed },
        commands: doors.commands,
        kinds: kindsOf((signal) => under.ready(signal)),
        limits: LimitsConfig.parse({ maxTtl: '2h', maxSandboxes: 3, ...limits }),
        installation: openInstallation(directory),
        log: createLog('silent'),
        urlOf: (token) => `http://gateway.example/s/${token}`,
        onEnded: () => {},
        ...{ pool, policy },
        machine: { totalBytes: 64 * 2 ** 30, availableBytes: () => 64 * 2 ** 30 },
        imageScans: { check: async () => {} },
        secrets,
        canaries: { plant: async () => {}, watch: () => ({ [Symbol.dispose]() {} }) },
        egress: npmAlone(),
      }),
    )
  const under: LifecycleUnderTest = {
    ...{ doors, storage, engine, volumes, recorder, capabilities },
    ...{ time, restarted, secret, sealed, ...noted },
    sandboxes: restarted(),
    ready: async () => {},
    program: () => 0,
    create: (request, signal) => createIn(under.sandboxes, request, signal),
    remains: () => remainsOf(engine),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
  const parts = scope.move()
  return under
}

const nobody = { started: () => {}, ended: () => {} }

const npmAlone = () =>
  createEgress({
    config: EgressConfig.parse({ allow: ['npm'] }),
    onDecision: () => {},
    onTotal: () => {},
    onAlarm: () => {},
    broker: noCredentials,
  })

export function createIn(
  sandboxes: Sandboxes,
  request: CreateSandboxInput = {},
  signal = new AbortController().signal,
): Promise<Handover> {
  const blueprint = { data: { db: { source: 'shop' } } }
  const wanted = { blueprint, workspace: 'ws000000000000', ...request }
  return sandboxes.create(CreateSandboxRequest.parse(wanted), () => {}, signal)
}

const migrations = [...recorderMigrations, ...capabilityMigrations, ...sandboxMigrations]

async function sealOne({ volumes }: FakeEngine): Promise<void> {
  const signal = new AbortController().signal
  const volume = { name: 'staged', pod: 'sn000000000000', uid: 999, gid: 999, mode: 0o700 }
  await volumes.create(volume, signal)
  await volumes.seal(volume.name, sealed.volume, signal)
}

/** As far as the lifecycle asks. */
function kindsOf(ready: (signal: AbortSignal) => Promise<void>): ServerKinds {
  const kind: Pick<
    StoreKind,
    'kind' | 'port' | 'ready' | 'url' | 'clientEnvironment' | 'container'
  > = {
    kind: 'postgres',
    port: 5432,
    ready: (_dial, _credentials, signal) => ready(signal),
    url: ({ user, password, database }, { host, port }) =>
      `postgres://${user}:${password}@${host}:${port}/${database}`,
    clientEnvironment: () => ({}),
    container: ({ name, mount, cpus, memoryBytes, pids }) => ({
      ...{ name, image, command: ['postgres'], uid: 999, gid: 999, env: {}, tmpfs: [] },
      workingDirectory: '/',
      limits: { cpus, memoryBytes, pids, shmBytes: 0 },
      mounts: [mount],
    }),
  }
  const known = kind as StoreKind
  return { postgres: known, mariadb: known, redis: known }
}

/** Notes what is cloned and unpacked, and does neither. */
function workspacesThat({
  cloned,
  unpacked,
  discarded,
  kept,
}: Pick<LifecycleUnderTest, 'cloned' | 'unpacked' | 'discarded' | 'kept'>) {
  const workspaces: Workspaces = {
    receive: async () => ({ id: 'ws000000000000', entries: 0, bytes: 0 }),
    check: () => Promise.reject(new Error('nothing to check')),
    admitClone: () => {},
    clone: async (wanted) => {
      cloned.push(wanted)
      return { id: 'ws000000000001', entries: 0, bytes: 0 }
    },
    require: () => {},
    unpack: async (id) => void unpacked.push(id),
    baseline: () => Readable.from([]),
    traces: async () => kept,
    discard: async (id) => void discarded.push(id),
    inherit: async () => {},
    forget: async () => {},
    sweep: async () => {},
    recover: async () => {},
  }
  return workspaces
}

async function remainsOf(engine: FakeEngine): Promise<readonly string[]> {
  const signal = new AbortController().signal
  const pods = (await engine.list(signal)).map(({ id }) => `pod ${id}`)
  const volumes = (await engine.volumes.list(signal)).filter(({ pod }) => pod !== null)
  return [...pods, ...volumes.map(({ name }) => `volume ${name}`)]
}

export const eventTypes = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type)

/** Whether all of a sandbox’s pod runs, as the engine has it. */
export async function isRunning({ engine }: LifecycleUnderTest, id: string): Promise<boolean> {
  const seen = await engine.observe(id, new AbortController().signal)
  return seen.length > 0 && seen.every(({ state }) => state === 'running')
}

/** The lifecycle looks once a second; with the test’s timers a second is a turn. */
export async function beats(count = 1): Promise<void> {
  for (let beat = 0; beat < count; beat++) await vi.advanceTimersByTimeAsync(1000)
}

/** Timers that `beats` moves, until the test is over. */
export function useOwnTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}
