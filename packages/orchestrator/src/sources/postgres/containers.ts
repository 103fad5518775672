import { availableParallelism } from 'node:os'
import type { ContainerSpec, Mount, Tmpfs } from '../../engine/engine.ts'
import type { ContainerRequest, Locale, StagingRequest } from '../sources.ts'

const uid = 999
const gid = 999
const mountPath = '/var/lib/stuntdouble'
export const dataDirectory = `${mountPath}/data`

const mebibyte = 1024 * 1024

/** What a sandbox never needs of a server: to survive the machine’s crash. */
const careless = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '/tmp',
  // A log may hold values; it keeps what concerns the server alone.
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_connections: 'off',
  log_statement: 'none',
  log_error_verbosity: 'terse',
  password_encryption: 'scram-sha-256',
}

/** The oldest image of ours that is not older than the server. */
export function imageFor(version: number): string {
  const major = [15, 17, 18].find((offered) => offered >= version) ?? 18
  return `stuntdouble/postgres:${major}`
}

/** Asks for a clean shutdown and does not wait: the container’s exit tells, and takes what waits along. */
export const stopCommand = ['pg_ctl', 'stop', '-D', dataDirectory, '-m', 'fast', '-W']

export function stagingContainer(request: StagingRequest & Locale): ContainerSpec {
  const memory = Math.floor(request.memoryBytes / mebibyte)
  const settings = {
    ...careless,
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '4GB',
    autovacuum: 'off',
    shared_buffers: `${clamp(memory / 4, 16, 512)}MB`,
    maintenance_work_mem: `${clamp(memory / 4, 16, 1024)}MB`,
    max_parallel_maintenance_workers: 2,
    max_connections: 20,
  }
  return {
    ...common(request.name, request.image),
    command: ['sh', '-c', initialize, 'postgres', ...argumentsOf(settings)],
    env: {
      LANG: 'C',
      STAGING_USER: request.credentials.user,
      STAGING_PASSWORD: request.credentials.password,
      STAGING_ENCODING: request.encoding,
      STAGING_LOCALE: request.collation,
    },
    limits: {
      cpus: availableParallelism(),
      memoryBytes: request.memoryBytes,
      pids: 128,
      shmBytes: 256 * mebibyte,
    },
    mounts: [{ volume: request.volume, path: mountPath, readOnly: false }],
  }
}

/**
 * A locale the image lacks falls back to one that is always there. Only the loopback of the pod is
 * let in, with a password: only the build’s superuser and, later, the sandbox’s role have one.
 */
const initialize = `set -eu
umask 077
data=${dataDirectory}
printf %s "$STAGING_PASSWORD" >/tmp/password
make() {
  initdb -D "$data" -U "$STAGING_USER" --pwfile=/tmp/password --encoding="$STAGING_ENCODING" --locale="$1" \\
    --auth=scram-sha-256 --no-sync --no-instructions >/dev/null 2>/tmp/initdb.log
}
make "$STAGING_LOCALE" || make C.UTF-8 || make C || { cat /tmp/initdb.log >&2; exit 1; }
rm /tmp/password
unset STAGING_USER STAGING_PASSWORD STAGING_ENCODING STAGING_LOCALE
echo 'host all all 127.0.0.1/32 scram-sha-256' >"$data/pg_hba.conf"
exec postgres -D "$data" "$@"`

export function container(request: ContainerRequest): ContainerSpec {
  const memory = Math.floor(request.memoryBytes / mebibyte)
  const settings = {
    ...careless,
    // What was committed is in the files by then, though not on the disk: a checkpoint copies files.
    synchronous_commit: 'on',
    port: request.port,
    shared_buffers: `${clamp(memory / 8, 16, 128)}MB`,
    max_wal_size: '128MB',
    min_wal_size: '32MB',
    max_connections: 50,
    max_wal_senders: 0,
    max_parallel_workers: 2,
    max_logical_replication_workers: 0,
    autovacuum_naptime: '5min',
    jit: 'off',
  }
  return {
    ...common(request.name, request.image),
    command: [
      ...['sh', '-c', start, 'postgres', '-D', dataIn(request.mount)],
      ...argumentsOf(settings),
    ],
    env: { LANG: 'C' },
    limits: {
      cpus: request.cpus,
      memoryBytes: request.memoryBytes,
      pids: request.pids,
      shmBytes: 64 * mebibyte,
    },
    mounts: [request.mount],
  }
}

/**
 * What a checkpoint was taken of ran: its files name a process that runs on them. None does, but the
 * number may be another’s by now, for which the server would not start.
 */
const start = 'rm -f "$2/postmaster.pid" && exec "$0" "$@"'

const dataIn = ({ path }: Mount) => `${path}/data`

const common = (name: string, image: string) => ({
  name,
  image,
  uid,
  gid,
  workingDirectory: '/',
  tmpfs: [...['/tmp', '/var/run/postgresql'].map(scratch), ...imageVolumes.map(nothing)],
})

/** Where the official images declare a volume, which the engine would make without a limit. */
const imageVolumes = ['/var/lib/postgresql', '/var/lib/postgresql/data']

const nothing = (path: string): Tmpfs => ({ ...scratch(path), sizeBytes: 64 * 1024, inodes: 4 })

const scratch = (path: string): Tmpfs => ({
  path,
  sizeBytes: 16 * mebibyte,
  inodes: 1024,
  uid,
  gid,
  mode: 0o700,
})

const argumentsOf = (settings: Readonly<Record<string, string | number>>) =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])

const clamp = (value: number, least: number, most: number) =>
  Math.floor(Math.min(Math.max(value, least), most))
