import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Progress } from '@stuntdouble/sdk/wire'
import { pack } from 'tar-stream'
import type { LoadedConfig, LoadedSource } from '../../config/config.ts'
import { loadConfig } from '../../config/config.ts'
import { FakeEngine } from '../../engine/fake/fake-engine.ts'
import { FakeImages } from '../../engine/fake/fake-images.ts'
import type { FakeProgram } from '../../engine/fake/fake-process.ts'
import { FakeVolumes } from '../../engine/fake/fake-volumes.ts'
import { Secret } from '../../lib/secret.ts'
import { registerSecrets } from '../../secrets/secrets.ts'
import { filesKind } from '../../sources/files/files.ts'
import { redisKind } from '../../sources/redis/redis.ts'
import { openStorage, type Storage } from '../../storage/storage.ts'
import { createSnapshots } from '../create-snapshots.ts'
import type { ManifestSigner } from '../manifest.ts'
import type { Snapshots } from '../snapshots.ts'
import { snapshotMigrations } from '../store.ts'
import { type FakeCopy, type FakeStore, fakeKind } from './fake-store.ts'

export const sourcePassword = 'canary-password-81c4'

/** Name → value. */
type Secrets = Readonly<Record<string, string>>

export interface BuildUnderTest extends AsyncDisposable {
  readonly snapshots: Snapshots & AsyncDisposable
  readonly engine: FakeEngine
  readonly storage: Storage
  readonly copy: FakeCopy
  readonly progress: Omit<Progress, 'type'>[]
  readonly policyPath: string
  /** What a listener heard, as `id type`. */
  readonly events: string[]
  /** Rebuilds that failed, as `source: code`. */
  readonly refreshFailures: string[]
  /** Lets time pass. */
  pass(ms: number): void
  /** How the server ends when it is asked to stop. */
  stopWith(exitCode: number): void
  build(signal?: AbortSignal): ReturnType<Snapshots['build']>
  /** Everything that is on the engine or in the journal. */
  remains(): Promise<readonly string[]>
  /** Another process over the same engine and journal, perhaps with other registered secrets. */
  restarted(origin?: string, secrets?: Secrets): Snapshots
}

/** Snapshots over a store, an engine and a journal in memory, with a policy file of its own. */
export function openBuild(
  store: FakeStore,
  policy?: string,
  { secrets: registered = {}, ...options }: Partial<LoadedSource> & { secrets?: Secrets } = {},
): BuildUnderTest {
  const directory = mkdtempSync(join(tmpdir(), 'snapshots-'))
  const policyPath = join(directory, 'masking.yaml')
  if (policy !== undefined) writeFileSync(policyPath, policy)
  const storage = openStorage(':memory:', snapshotMigrations)
  const copy = fakeKind(store)
  const program = programOf(store, (pod) => engine.exit(pod, 'db', stopsWith))
  const events: string[] = []
  const refreshFailures: string[] = []
  let stopsWith = 0
  let now = Date.UTC(2026, 0, 1)
  const engine = new FakeEngine({
    volumes: new FakeVolumes(),
    images: new FakeImages(),
    program,
    now: () => now,
  })
  const restarted = (origin = '/etc/stuntdouble.yaml', known = registered) => {
    const secrets = namedSecrets(known)
    return createSnapshots({
      ...{
        engine,
        storage,
        signer,
        kinds: { postgres: copy.kind, mariadb: copy.kind, redis: redisKind, files: filesKind },
      },
      config: { ...configOf(origin, { policyPath, ...options }), secrets },
      maskingKey: Buffer.alloc(32, 7),
      registered: registerSecrets(secrets, Buffer.alloc(32, 9)),
      clock: () => now++,
      onEvent: (id, type) => events.push(`${id} ${type}`),
      onRefreshFailure: (source, { code }) => refreshFailures.push(`${source}: ${code}`),
    })
  }

  const under: BuildUnderTest = {
    ...{ engine, storage, copy, policyPath, restarted, events, refreshFailures },
    snapshots: restarted(),
    progress: [],
    pass: (ms) => {
      now += ms
    },
    stopWith: (exitCode) => {
      stopsWith = exitCode
    },
    build: (signal = new AbortController().signal) =>
      under.snapshots.build('shop', (progress) => under.progress.push(progress), signal),
    remains: () => remainsOf(under),
    async [Symbol.asyncDispose]() {
      storage[Symbol.dispose]()
      rmSync(directory, { recursive: true })
      await engine[Symbol.asyncDispose]()
    },
  }
  return under
}

const namedSecrets = (secrets: Secrets) =>
  Object.entries(secrets).map(([name, value]) => ({ name, value: new Secret(value) }))

function configOf(origin: string, options: Partial<LoadedSource>): LoadedConfig {
  const url = new Secret(`postgres://reader:${sourcePassword}@db:5432/shop`)
  const shop: LoadedSource = {
    name: 'shop',
    kind: 'postgres',
    url,
    address: 'db:5432/shop',
    policyPath: '',
    stance: 'masked',
    ...options,
  }
  return { ...loadConfig(null, {}), path: origin, sources: { shop } }
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signer: ManifestSigner = {
  keyId: 'test',
  publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64url'),
  sign: (bytes) => sign(null, bytes, privateKey).toString('base64url'),
}

/** A server that can be stopped and whose files can be read. */
function programOf(store: FakeStore, stop: (pod: string) => void): FakeProgram {
  return async ({ command, stdout, pod }) => {
    if (command[0] === 'stop') {
      stop(pod)
      return 0
    }
    const wantsPristine = command.at(-1) === 'base/1'
    const archive = pack()
    for (const [path, text] of Object.entries(store.files ?? {})) {
      if (path.startsWith('base/1/') === wantsPristine) archive.entry({ name: path }, text)
    }
    archive.finalize()
    for await (const chunk of archive) stdout.write(chunk)
    return 0
  }
}

async function remainsOf({ engine, storage, copy }: BuildUnderTest): Promise<readonly string[]> {
  const signal = new AbortController().signal
  const pods = (await engine.list(signal)).map(({ id }) => `pod ${id}`)
  const volumes = (await engine.volumes.list(signal)).map(({ name }) => `volume ${name}`)
  const rows = storage.sqlite.prepare('SELECT id, state FROM snapshots').all()
  const open = copy.open === 0 ? [] : [`${copy.open} open`]
  return [...pods, ...volumes, ...rows.map(({ id, state }) => `row ${id} ${state}`), ...open]
}
