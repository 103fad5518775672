import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SourceConfig } from '@stuntdouble/sdk/wire'
import { loadConfig } from '../../config/config.ts'
import { openDockerEngine } from '../../engine/docker/docker-engine.ts'
import { DockerVolumes } from '../../engine/docker/docker-volumes.ts'
import type { Engine } from '../../engine/engine.ts'
import { systemClock } from '../../lib/clock.ts'
import { newSandboxId } from '../../lib/ids.ts'
import { Secret } from '../../lib/secret.ts'
import { registerSecrets } from '../../secrets/secrets.ts'
import { filesKind } from '../../sources/files/files.ts'
import { mariadbKind } from '../../sources/mariadb/mariadb.ts'
import { postgresKind } from '../../sources/postgres/postgres.ts'
import { redisKind } from '../../sources/redis/redis.ts'
import { openStorage } from '../../storage/storage.ts'
import { createSnapshots } from '../create-snapshots.ts'
import type { Snapshots } from '../snapshots.ts'
import { snapshotMigrations } from '../store.ts'

const imagesDirectory = join(import.meta.dirname, '../../../../../images')
const poolBytes = 3 * 1024 ** 3

export interface DockerBuild extends AsyncDisposable {
  readonly engine: Engine
  readonly installation: string
  readonly policyPath: string
  /** Snapshots of one source, `shop`, at this URL; a PostgreSQL unless it says otherwise. The secret is registered as `stripe`. */
  snapshotsOf(url: string, source?: Partial<SourceConfig>, secret?: string): Promise<Snapshots>
}

/** A real engine with an installation and a pool of its own; all of it goes when it is disposed. */
export async function openDockerBuild(): Promise<DockerBuild> {
  await using scope = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'sd-'))
  scope.defer(() => rm(directory, { recursive: true, force: true }))
  const installation = `test-${newSandboxId()}`
  const engine = scope.use(
    await openDockerEngine({ installation, runDirectory: directory, imagesDirectory, poolBytes }),
  )
  scope.defer(() => clear(engine))
  const storage = scope.use(openStorage(':memory:', snapshotMigrations))
  const all = scope.move()

  return {
    engine,
    installation,
    policyPath: join(directory, 'masking.yaml'),
    async snapshotsOf(url, source = { policy: './masking.yaml' }, secret) {
      const path = join(directory, 'stuntdouble.yaml')
      const place = source.path === undefined ? { url: `\${env:SHOP_URL}` } : {}
      const shop = { kind: 'postgres', ...place, ...source }
      await writeFile(path, JSON.stringify({ sources: { shop } }))
      return createSnapshots({
        ...{
          engine,
          storage,
          kinds: {
            postgres: postgresKind,
            mariadb: mariadbKind,
            redis: redisKind,
            files: filesKind,
          },
          signer,
          clock: systemClock,
        },
        config: loadConfig(path, { SHOP_URL: url }),
        maskingKey: Buffer.alloc(32, 7),
        registered: registerSecrets(
          secret === undefined ? [] : [{ name: 'stripe', value: new Secret(secret) }],
          Buffer.alloc(32, 9),
        ),
      })
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function clear(engine: Engine): Promise<void> {
  const signal = AbortSignal.timeout(60_000)
  for (const { id } of await engine.list(signal)) await engine.destroy(id, signal)
  if (engine.volumes instanceof DockerVolumes) await engine.volumes.removePool(signal)
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const signer = {
  keyId: 'test',
  publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64url'),
  sign: (bytes: Buffer) => sign(null, bytes, privateKey).toString('base64url'),
}
