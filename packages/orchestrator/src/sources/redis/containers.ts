import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { ContainerSpec, Tmpfs } from '../../engine/engine.ts'
import type { ContainerRequest, Credentials, StagingRequest } from '../sources.ts'
import { databases } from './source-url.ts'

const uid = 999
const gid = 999
const mountPath = '/var/lib/stuntdouble'
export const dataDirectory = `${mountPath}/data`
/** Empty: a fresh server writes nothing. */
export const pristineFiles = 'pristine'

const mebibyte = 1024 * 1024

/** Where the official images declare a volume, which the engine would make without a limit. */
const emptyPath = '/data'

/** The one image of ours; a newer server is refused when it is opened. */
export const imageFor = () => 'stuntdouble/redis:7'

/** A clean shutdown; what is in memory was saved before. */
export const stopCommand = ['sh', '-c', 'kill -TERM "$(cat /tmp/redis.pid)"']

/** What a sandbox never needs of a server: to load code, to look into itself, to write to another place. */
const careful = {
  bind: '127.0.0.1',
  'protected-mode': 'no',
  databases: String(databases),
  pidfile: '/tmp/redis.pid',
  daemonize: 'no',
  loglevel: 'warning',
  appendonly: 'no',
  save: '',
  // The checks before the seal read the file as it lies there.
  rdbcompression: 'no',
  'enable-module-command': 'no',
  'enable-debug-command': 'no',
  'enable-protected-configs': 'no',
  'stop-writes-on-bgsave-error': 'no',
}

export function stagingContainer(request: StagingRequest): ContainerSpec {
  const settings = {
    ...careful,
    dir: dataDirectory,
    aclfile: `${mountPath}/users.acl`,
    maxmemory: room(request.memoryBytes),
  }
  return {
    ...common(request.name, request.image),
    command: ['sh', '-c', initialize, 'redis', ...argumentsOf({ ...settings, port: '6379' })],
    env: { LANG: 'C.UTF-8', STAGING_ACL: builderOf(request.credentials) },
    limits: {
      cpus: availableParallelism(),
      memoryBytes: request.memoryBytes,
      pids: 64,
      shmBytes: mebibyte,
    },
    mounts: [{ volume: request.volume, path: mountPath, readOnly: false }],
  }
}

const initialize = `set -eu
umask 077
mkdir -p ${dataDirectory}/${pristineFiles}
printf '%s\\n' "$STAGING_ACL" >${mountPath}/users.acl
unset STAGING_ACL
cd /
exec redis-server "$@"`

/** Nobody but the build gets in. */
const builderOf = ({ user, password }: Credentials) =>
  `user default off\nuser ${user} on ${passwordRule(password)} ~* &* +@all`

export const passwordRule = (password: string) =>
  `#${createHash('sha256').update(password).digest('hex')}`

export function container(request: ContainerRequest): ContainerSpec {
  const { path } = request.mount
  const settings = {
    ...careful,
    dir: `${path}/data`,
    aclfile: `${path}/users.acl`,
    port: String(request.port),
    maxmemory: room(request.memoryBytes),
  }
  return {
    ...common(request.name, request.image),
    command: ['redis-server', ...argumentsOf(settings)],
    env: { LANG: 'C.UTF-8' },
    limits: {
      cpus: request.cpus,
      memoryBytes: request.memoryBytes,
      pids: request.pids,
      shmBytes: mebibyte,
    },
    mounts: [request.mount],
  }
}

/** A write that finds none is refused; without a bound the kernel would end the server. */
const room = (memoryBytes: number) => String(Math.floor(memoryBytes * 0.8))

const common = (name: string, image: string) => ({
  name,
  image,
  uid,
  gid,
  workingDirectory: '/',
  tmpfs: [scratch('/tmp'), scratch(emptyPath)],
})

const scratch = (path: string): Tmpfs => ({
  ...{ path, sizeBytes: mebibyte, inodes: 64 },
  ...{ uid, gid, mode: 0o700 },
})

const argumentsOf = (settings: Readonly<Record<string, string>>) =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
