import { availableParallelism } from 'node:os'
import type { ContainerSpec, Tmpfs } from '../../engine/engine.ts'
import type { ContainerRequest, Locale, StagingRequest } from '../sources.ts'
import { quoteLiteral } from './identifiers.ts'

const uid = 999
const gid = 999
const mountPath = '/var/lib/stuntdouble'
export const dataDirectory = `${mountPath}/data`

const mebibyte = 1024 * 1024

/** Where the official images declare a volume, which the engine would make without a limit. */
const emptyPath = '/var/lib/mysql'

/**
 * What a sandbox never needs of a server: to survive the machine’s crash, to talk to others, to read
 * or write files for whoever asks. No log holds a statement.
 */
const careless = {
  'bind-address': '127.0.0.1',
  socket: '/tmp/mysqld.sock',
  'pid-file': '/tmp/mariadbd.pid',
  'secure-file-priv': emptyPath,
  'skip-name-resolve': 'ON',
  'skip-log-bin': null,
  'general-log': 'OFF',
  'slow-query-log': 'OFF',
  'log-warnings': 0,
  'performance-schema': 'OFF',
  'symbolic-links': 'OFF',
  // Asynchronous calls into the kernel that a container of ours may not make.
  'innodb-use-native-aio': 'OFF',
  'innodb-flush-log-at-trx-commit': 0,
  'innodb-doublewrite': 'OFF',
  'innodb-log-file-size': '32M',
  'innodb-buffer-pool-dump-at-shutdown': 'OFF',
  'innodb-buffer-pool-load-at-startup': 'OFF',
  'innodb-temp-data-file-path': 'ibtmp1:2M:autoextend',
  'innodb-stats-auto-recalc': 'OFF',
  'key-buffer-size': '1M',
  'aria-pagecache-buffer-size': '1M',
  'query-cache-type': 0,
  'max-allowed-packet': '1G',
}

/** The one image of ours; a newer server is refused when it is opened. */
export const imageFor = () => 'stuntdouble/mariadb:10.11'

/** A clean shutdown. PID 1 of the pod is the gate’s, so the server is found by its own file. */
export const stopCommand = ['sh', '-c', 'kill -TERM "$(cat /tmp/mariadbd.pid)"']

export function stagingContainer(request: StagingRequest & Locale): ContainerSpec {
  const memory = Math.floor(request.memoryBytes / mebibyte)
  const settings = {
    ...careless,
    tmpdir: `${mountPath}/tmp`,
    'character-set-server': request.encoding,
    'collation-server': request.collation,
    // Everything is where it belongs when the server is gone: a clone starts without any work.
    'innodb-fast-shutdown': 0,
    'innodb-change-buffering': 'none',
    'innodb-io-capacity': 4000,
    'innodb-io-capacity-max': 20_000,
    'innodb-buffer-pool-size': `${clamp(memory / 3, 16, 512)}M`,
    'innodb-log-buffer-size': '16M',
    'innodb-sort-buffer-size': '16M',
    'local-infile': 'ON',
    'max-connections': 20,
  }
  return {
    ...common(request.name, request.image),
    command: ['sh', '-c', initialize, 'mariadb', ...argumentsOf(settings)],
    env: { LANG: 'C.UTF-8', STAGING_SQL: firstStatements(request) },
    limits: {
      cpus: availableParallelism(),
      memoryBytes: request.memoryBytes,
      pids: 128,
      shmBytes: 16 * mebibyte,
    },
    mounts: [{ volume: request.volume, path: mountPath, readOnly: false }],
  }
}

/** The server’s own accounts, which ask for no password, make way for one that does. */
function firstStatements({ credentials }: StagingRequest): string {
  const user = `${quoteLiteral(credentials.user)}@'127.0.0.1'`
  return [
    "DELETE FROM mysql.global_priv WHERE User NOT IN ('mariadb.sys', 'PUBLIC')",
    'DELETE FROM mysql.db',
    'DELETE FROM mysql.proxies_priv',
    'FLUSH PRIVILEGES',
    `CREATE USER ${user} IDENTIFIED BY ${quoteLiteral(credentials.password)}`,
    `GRANT ALL PRIVILEGES ON *.* TO ${user} WITH GRANT OPTION`,
    '',
  ].join(';\n')
}

const initialize = `set -eu
umask 077
data=${dataDirectory}
mkdir -p ${mountPath}/tmp
cd /
mariadb-install-db --no-defaults --datadir="$data" --tmpdir=/tmp --auth-root-authentication-method=normal \\
  --skip-test-db --skip-name-resolve --innodb-use-native-aio=0 --innodb-log-file-size=32M >/tmp/install.log 2>&1 \\
  || { cat /tmp/install.log >&2; exit 1; }
printf %s "$STAGING_SQL" >/tmp/first.sql
unset STAGING_SQL
exec mariadbd --no-defaults --datadir="$data" --init-file=/tmp/first.sql "$@"`

export function container(request: ContainerRequest): ContainerSpec {
  const memory = Math.floor(request.memoryBytes / mebibyte)
  const { path } = request.mount
  const settings = {
    ...careless,
    // What was committed is in the files by then, though not on the disk: a checkpoint copies files.
    'innodb-flush-log-at-trx-commit': 2,
    datadir: `${path}/data`,
    tmpdir: `${path}/tmp`,
    port: request.port,
    'character-set-server': 'utf8mb4',
    'innodb-buffer-pool-size': `${clamp(memory / 8, 16, 128)}M`,
    'innodb-log-buffer-size': '2M',
    'innodb-sort-buffer-size': '1M',
    'innodb-fast-shutdown': 2,
    'innodb-purge-threads': 1,
    'innodb-read-io-threads': 1,
    'innodb-write-io-threads': 2,
    'thread-cache-size': 4,
    'table-open-cache': 400,
    'max-connections': 50,
  }
  return {
    ...common(request.name, request.image),
    command: ['mariadbd', '--no-defaults', ...argumentsOf(settings)],
    env: { LANG: 'C.UTF-8' },
    limits: {
      cpus: request.cpus,
      memoryBytes: request.memoryBytes,
      pids: request.pids,
      shmBytes: 16 * mebibyte,
    },
    mounts: [request.mount],
  }
}

const common = (name: string, image: string) => ({
  name,
  image,
  uid,
  gid,
  workingDirectory: '/',
  tmpfs: [scratch('/tmp'), nothing],
})

const scratch = (path: string): Tmpfs => ({
  path,
  sizeBytes: 16 * mebibyte,
  inodes: 1024,
  uid,
  gid,
  mode: 0o700,
})

const nothing: Tmpfs = { ...scratch(emptyPath), sizeBytes: 64 * 1024, inodes: 4 }

const argumentsOf = (settings: Readonly<Record<string, string | number | null>>) =>
  Object.entries(settings).map(([name, value]) =>
    value === null ? `--${name}` : `--${name}=${value}`,
  )

const clamp = (value: number, least: number, most: number) =>
  Math.floor(Math.min(Math.max(value, least), most))
