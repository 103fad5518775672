import { type Blueprint, parseBytes } from '@stuntdouble/sdk/wire'
import { agent, workspaceContainer as workspaceName, workspacePath } from '../doors/doors.ts'
import type { ContainerSpec, PodSpec, VolumeSpec } from '../engine/engine.ts'
import type { ServerKinds } from '../sources/sources.ts'
import { leastDatabaseBytes } from './capacity/memory-of.ts'
import { deadlineOf } from './lease.ts'
import type { Sandbox, SandboxDatabase, SandboxFiles } from './sandbox.ts'
import { scratch, upTo } from './scratch.ts'
import { serviceContainer } from './services.ts'
import { trustPlace, trustVariables } from './trust.ts'
import { workspaceVolume } from './workspace-volume.ts'

/** Runs the container’s main process, so that the agent cannot end it. */
const holder = { uid: 64_002, gid: 64_002 } as const

const egressProxy = 'http://127.0.0.1:3128'
const mebibyte = 1024 ** 2

export const databaseVolume = (sandbox: Sandbox, { name }: SandboxDatabase): VolumeSpec => ({
  name: `${sandbox.id}-${name}`,
  pod: sandbox.id,
  uid: 999,
  gid: 999,
  mode: 0o700,
})

/** No database’s is named so: a name begins with a letter. */
export const filesVolume = (sandbox: Sandbox, { name }: SandboxFiles): VolumeSpec => ({
  name: `${sandbox.id}--${name}`,
  pod: sandbox.id,
  ...agent,
  mode: 0o755,
})

/** What stands in the workspace’s environment for credentials, by variable. */
type Placeholders = Readonly<Record<string, string>>

interface Parts {
  readonly placeholders?: Placeholders
  /** Those of its services that are to run by now. */
  readonly services?: readonly string[]
}

export function podOf(
  sandbox: Sandbox,
  kinds: ServerKinds,
  { placeholders = {}, services = [] }: Parts = {},
): PodSpec {
  return {
    id: sandbox.id,
    kind: 'sandbox',
    deadline: new Date(deadlineOf(sandbox)),
    hosts: [
      ...sandbox.databases.map(({ name }) => name),
      ...Object.keys(sandbox.blueprint.services),
    ],
    containers: [
      withTrust(workspaceContainer(sandbox, kinds), placeholders),
      ...sandbox.databases.map((database) => databaseContainer(sandbox, database, kinds)),
      ...services.map((name) => serviceContainer(sandbox, name, environment(sandbox, kinds))),
    ],
  }
}

const limitsOf = ({ limits }: Blueprint) => ({
  cpus: limits.cpus,
  memoryBytes: parseBytes(limits.memory) ?? 0,
  pids: limits.pids,
})

function workspaceContainer(sandbox: Sandbox, kinds: ServerKinds): ContainerSpec {
  const { blueprint } = sandbox
  const limits = limitsOf(blueprint)
  const diskBytes = parseBytes(blueprint.limits.disk) ?? 0
  return {
    name: workspaceName,
    image: blueprint.workspace.image,
    command: ['sleep', 'infinity'],
    isolation: blueprint.isolation ?? 'runc',
    ...holder,
    commandsBy: agent,
    env: environment(sandbox, kinds),
    workingDirectory: workspacePath,
    limits: {
      ...limits,
      shmBytes: upTo(64 * mebibyte, limits.memoryBytes / 16),
      fileBytes: diskBytes,
    },
    mounts: [
      { volume: workspaceVolume(sandbox).name, path: workspacePath, readOnly: false },
      ...sandbox.files.map((files) => ({
        volume: filesVolume(sandbox, files).name,
        path: files.path,
        readOnly: false,
      })),
    ],
    tmpfs: [
      scratch('/tmp', 0o1777, limits.memoryBytes / 4),
      scratch('/home/agent', 0o755, limits.memoryBytes / 4),
      scratch('/run', 0o755, limits.memoryBytes / 16),
    ],
  }
}

/** Ours come last: no credential takes the place of a variable that something here depends on. */
function withTrust(container: ContainerSpec, placeholders: Placeholders): ContainerSpec {
  if (Object.keys(placeholders).length === 0) return container
  return {
    ...container,
    env: { ...placeholders, ...trustVariables, ...container.env },
    tmpfs: [...container.tmpfs, trustPlace(holder)],
  }
}

/** Nothing here comes from the orchestrator’s own environment. */
function environment(sandbox: Sandbox, kinds: ServerKinds): Record<string, string> {
  const noProxy = [
    'localhost',
    '127.0.0.1',
    '::1',
    ...sandbox.databases.map(({ name }) => name),
    ...Object.keys(sandbox.blueprint.services),
  ].join(',')
  const ofTables = sandbox.databases.find(({ kind }) => kinds[kind].model === 'tables')
  return {
    HOME: '/home/agent',
    LANG: 'C.UTF-8',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    STUNTDOUBLE_SANDBOX: sandbox.id,
    ...proxyVariables(noProxy),
    ...Object.fromEntries(sandbox.databases.map(({ name, url }) => [urlVariable(name), url])),
    ...Object.assign({}, ...firstOfEach(sandbox).map((first) => clientEnvironment(first, kinds))),
    ...(ofTables && { DATABASE_URL: ofTables.url }),
  }
}

/** The clients of a kind find the first database of it. */
const firstOfEach = ({ databases }: Sandbox) =>
  databases.filter(({ kind }, index) => databases.findIndex((each) => each.kind === kind) === index)

/**
 * What programs look at to find their proxy: most take either case, curl and wget only the small
 * `http_proxy`, Node its own switch besides. Retries are off where a refusal would be asked again for
 * half a minute.
 */
const proxyVariables = (noProxy: string): Record<string, string> => ({
  ...Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'].map(
      (name) => [name, egressProxy],
    ),
  ),
  NO_PROXY: noProxy,
  no_proxy: noProxy,
  NODE_USE_ENV_PROXY: '1',
  NPM_CONFIG_FETCH_RETRIES: '0',
  PIP_RETRIES: '0',
})

const clientEnvironment = (
  { kind, credentials, name, port }: SandboxDatabase,
  kinds: ServerKinds,
) => kinds[kind].clientEnvironment(credentials, { host: name, port })

/** `DB_URL` for `db`, `ORDER_STORE_URL` for `order-store`. */
export const urlVariable = (name: string) => `${name.toUpperCase().replaceAll('-', '_')}_URL`

function databaseContainer(
  sandbox: Sandbox,
  database: SandboxDatabase,
  kinds: ServerKinds,
): ContainerSpec {
  const { cpus, memoryBytes } = limitsOf(sandbox.blueprint)
  return kinds[database.kind].container({
    name: database.name,
    image: database.image,
    mount: {
      volume: databaseVolume(sandbox, database).name,
      path: '/var/lib/stuntdouble',
      readOnly: false,
    },
    port: database.port,
    cpus,
    memoryBytes: Math.max(memoryBytes, leastDatabaseBytes),
    pids: 128,
  })
}
