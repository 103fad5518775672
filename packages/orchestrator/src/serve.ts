import { createHash } from 'node:crypto'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { parseBytes } from '@stuntdouble/sdk/wire'
import { announce, rememberedPorts } from './announce.ts'
import { createApp, createGatewayApp } from './app.ts'
import { createAuth } from './auth/auth.ts'
import { capabilityMigrations, createCapabilities } from './capabilities/capabilities.ts'
import { createChanges } from './changes/changes.ts'
import { type Environment, type LoadedConfig, loadConfig } from './config/config.ts'
import type { Directories } from './directories.ts'
import { e2bMigrations } from './doors/e2b/notes.ts'
import { openDockerEngine } from './engine/docker/docker-engine.ts'
import { openFront } from './gateway/front.ts'
import { openInstallation } from './installation/installation.ts'
import { systemClock } from './lib/clock.ts'
import { every } from './lib/every.ts'
import type { Log } from './lib/log.ts'
import { traceOf } from './lib/trace.ts'
import { createWrongKeys } from './lib/wrong-keys.ts'
import { listen } from './listen.ts'
import { openCanaries } from './open-canaries.ts'
import { openDoors } from './open-doors.ts'
import { openE2b } from './open-e2b.ts'
import { openEgress } from './open-egress.ts'
import { openGateway } from './open-gateway.ts'
import { openMcp } from './open-mcp.ts'
import { openQueries } from './open-queries.ts'
import { openSecrets } from './open-secrets.ts'
import { orchestratorLock, startReaper } from './reaper/reaper.ts'
import { createRecorder, recorderMigrations } from './recorder/recorder.ts'
import { createSandboxes, sandboxMigrations } from './sandboxes/sandboxes.ts'
import { imageScanMigrations, type Secrets } from './secrets/secrets.ts'
import { createSnapshots } from './snapshots/create-snapshots.ts'
import { snapshotMigrations } from './snapshots/store.ts'
import { filesKind } from './sources/files/files.ts'
import { mariadbKind } from './sources/mariadb/mariadb.ts'
import { postgresKind } from './sources/postgres/postgres.ts'
import { redisKind } from './sources/redis/redis.ts'
import { openStorage, takeLockFile } from './storage/storage.ts'
import { createWorkspaces, type Workspaces } from './workspaces/workspaces.ts'

export interface ServeOptions {
  readonly directories: Directories
  readonly environment: Environment
  readonly configPath: string | null
  readonly configDigest: string
  /** These three override `listen:`; 0 for any free port. */
  readonly host: string | undefined
  readonly port: number | undefined
  readonly gatewayPort: number | undefined
  /** The built page. */
  readonly dashboard: string
  /** The built script and style sheet of a sandbox’s own page. */
  readonly sandboxPage: string
  /** The folder of our Dockerfiles. */
  readonly images: string
  readonly log: Log
}

export interface Orchestrator extends AsyncDisposable {
  readonly url: string
}

const version = '0.1.0'
const kinds = { postgres: postgresKind, mariadb: mariadbKind, redis: redisKind, files: filesKind }
const sweepUploadsMs = 60_000
/** How often is asked whether a source is due; the answer is a few rows of the journal. */
const refreshMs = 5_000
/** A little longer than it takes to remove a pod. */
const takeOverWithinMs = 10_000
const clearUpWithinMs = 10_000
const recoverWithinMs = 60_000

/** Throws the `config_invalid` that `serve` would, and starts nothing. */
export function checkConfiguration(path: string | null, environment: Environment): void {
  loadConfig(path, environment)
  socketOf(environment)
}

/**
 * Puts every part together and listens. Disposal stops serving; sandboxes go on until their leases
 * end. The gateway opens before the sandboxes are adopted and the control plane after, so that
 * whoever can ask is told the truth.
 */
export async function serve(options: ServeOptions): Promise<Orchestrator> {
  await using scope = new AsyncDisposableStack()
  const parts = await assemble(options, scope)
  const { config, installation, log, clock } = parts
  const { state } = options.directories
  const host = options.host ?? config.listen.host
  const remembered = rememberedPorts(state)

  const front = openFront(parts.gateway, createGatewayApp(parts.gateway))
  const gateway = await listen(front.request, {
    host,
    port: options.gatewayPort ?? config.listen.gatewayPort,
    remembered: remembered.gateway,
  })
  scope.use(gateway)
  parts.origin.gateway = gateway.origin
  gateway.server.on('upgrade', front.upgrade)

  await parts.snapshots.recover(AbortSignal.timeout(recoverWithinMs))
  await parts.sandboxes.adopt()
  // Ended before the snapshots are, which end what is being built.
  scope.use(
    every(refreshMs, parts.snapshots.refresh, (cause) => log.warn(traceOf(cause), 'refresh')),
  )

  const control = await listen(createApp(appParts(parts, options)), {
    host,
    port: options.port ?? config.listen.port,
    remembered: remembered.control,
  })
  scope.use(control)
  parts.origin.control = control.origin
  scope.use(
    announce(state, {
      url: control.origin,
      gatewayUrl: gateway.origin,
      pid: process.pid,
      key: installation.apiKey,
      configDigest: options.configDigest,
      configPath: config.path,
      startedAt: new Date(clock()).toISOString(),
    }),
  )
  log.info({ control: control.origin, gateway: gateway.origin }, 'listening')
  const running = scope.move()
  return { url: control.origin, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

type Parts = Awaited<ReturnType<typeof assemble>>

async function assemble(options: ServeOptions, scope: AsyncDisposableStack) {
  const { directories, log, sandboxPage } = options
  const clock = systemClock
  const origin = { gateway: '', control: '' }
  const config = loadConfig(options.configPath, options.environment)
  const installation = openInstallation(directories.state)
  const storage = scope.use(openStorage(join(directories.state, 'journal.db'), migrations))
  const engine = await openEngine(options, { config, installation: installation.id }, scope)

  const recorder = createRecorder(storage, clock)
  scope.defer(recorder.flush)
  const capabilities = createCapabilities(storage, clock)
  const uploads = join(directories.state, 'uploads')
  const opened = openSecrets(config, { installation, uploads, engine, storage })
  const { secrets, registered, imageScans } = opened
  const doors = scope.use(openDoors({ engine, registered, recorder, clock }))
  const canaries = openCanaries({ engine, installation, recorder, log }, () => sandboxes)
  const outside = { config, environment: options.environment, canaries, recorder }
  const egress = openEgress({ ...outside, installation, clock, log })
  const baselines = join(directories.state, 'baselines')
  const kept = { directory: uploads, baselines }
  const workspaces = createWorkspaces({ ...kept, engine, egress, clock, secrets })
  const changes = createChanges({ engine, clock, workspaces, canaries, commands: doors.commands })
  scope.use(await tidied(workspaces, log))

  const shared = { storage, engine, recorder, capabilities, workspaces, installation, clock, log }
  const snapshots = createSnapshots({
    ...shared,
    config,
    kinds,
    registered,
    maskingKey: installation.maskingKey,
    signer: installation.signer,
    onEvent: (id, type) => recorder.record(id, `snapshot_${type}`),
    release: (id) => sandboxes.release(id),
    onRefreshFailure: (source, { code, message }) =>
      log.warn({ source, code, message }, 'a rebuild failed'),
  })
  scope.use(snapshots)
  const sandboxes = createSandboxes({
    ...shared,
    snapshots,
    kinds,
    commands: doors.commands,
    ...{ limits: config.limits, pool: config.pool, egress, canaries, imageScans, secrets },
    policy: policyOf(config, secrets),
    machine: { totalBytes: totalmem(), availableBytes: freemem },
    urlOf: (token) => `${origin.gateway}/s/${token}`,
    onEnded(id) {
      doors.close(id)
      e2b.close(id)
    },
  })
  scope.use(sandboxes)

  const queries = openQueries({ engine, kinds, sandboxes, recorder })
  const mcp = openMcp({ ...shared, version, doors, queries, sandboxes })
  const asked = { names: config.listen.names, wrongKeys: createWrongKeys(clock), sandboxPage }
  const e2b = openE2b({ ...shared, ...asked, config, doors, sandboxes, origin })
  const behind = { config, sandboxes, doors, canaries, e2b, queries, mcp: mcp.inside }
  const gateway = openGateway({ ...shared, ...asked, ...behind }, () => origin.gateway)
  scope.use(gateway.previews)
  const rest = { config, doors, changes, egress, snapshots, sandboxes, gateway, origin, e2b }
  return { ...shared, ...asked, ...rest, mcp: mcp.control }
}

/** Uploads: what was torn goes now, what is old from time to time. */
async function tidied(uploads: Pick<Workspaces, 'recover' | 'sweep'>, log: Log) {
  await uploads.recover()
  return every(sweepUploadsMs, uploads.sweep, (cause) => log.warn(traceOf(cause), 'uploads'))
}

/** Once nobody else uses this state: the engine, and who clears away should this process die. */
async function openEngine(
  { directories, environment, images, log }: ServeOptions,
  { config, installation }: { readonly config: LoadedConfig; readonly installation: string },
  scope: AsyncDisposableStack,
) {
  const wanted = {
    ...{ ...socketOf(environment), installation },
    // Two installations of one user share what is above it, and each sweeps what it finds in its own.
    runDirectory: join(directories.run, installation),
    imagesDirectory: images,
    scratchDirectory: join(directories.state, 'images'),
    poolBytes: parseBytes(config.limits.poolSize) ?? 0,
  }
  scope.use(takeOver(directories.state))
  scope.use(startReaper({ ...wanted, stateDirectory: directories.state }, noReaper(log)))
  const engine = scope.use(await openDockerEngine(wanted))
  // One that is not there is told about by whoever needs it.
  await engine
    .recover(AbortSignal.timeout(clearUpWithinMs))
    .catch((cause) =>
      log.warn(traceOf(cause), 'what an earlier one left behind may still be there'),
    )
  return engine
}

/** Whoever clears away for one that died finishes what it is at first. */
function takeOver(state: string): Disposable {
  const lock = takeLockFile(orchestratorLock(state), takeOverWithinMs)
  if (lock) return lock
  throw new SandboxError('conflict', `Another orchestrator is using ${state}.`, {
    hint: 'Use that one, or start this one again in a moment.',
    retryable: true,
  })
}

const noReaper = (log: Log) => (cause: unknown) =>
  log.warn(traceOf(cause), 'if this process dies, what it leaves stays until the next one')
/** Of all that decides what a sandbox may be, beside its blueprint, its snapshots and its images. */
const policyOf = ({ digest }: LoadedConfig, secrets: Secrets) =>
  createHash('sha256').update([version, digest, secrets.digest].join(' ')).digest('hex')

/** Where DOCKER_HOST says. Throws `config_invalid` for an engine elsewhere. */
function socketOf({ DOCKER_HOST: host }: Environment) {
  if (!host) return {}
  if (!host.startsWith('unix://')) throw engineElsewhere()
  return { socketPath: host.slice('unix://'.length) }
}

const engineElsewhere = () =>
  new SandboxError(
    'config_invalid',
    'DOCKER_HOST names an engine that is not a socket of this machine.',
    {
      hint: 'Unset it or point it to a unix:// socket: pods and orchestrator share sockets on one machine.',
    },
  )

const migrations = [
  ...recorderMigrations,
  ...capabilityMigrations,
  ...imageScanMigrations,
  ...snapshotMigrations,
  ...sandboxMigrations,
  ...e2bMigrations,
]

function appParts(
  { installation, clock, engine, config, origin, ...parts }: Parts,
  options: ServeOptions,
) {
  return {
    ...parts,
    previews: parts.gateway.previews,
    version,
    installation: installation.id,
    auth: createAuth(installation.apiKey, clock),
    kinds,
    doctor: {
      engine,
      config,
      stateDirectory: options.directories.state,
      address: () => origin.control,
      pool: parts.sandboxes.pool,
    },
    dashboard: options.dashboard,
  }
}
