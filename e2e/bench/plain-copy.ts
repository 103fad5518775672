import { randomBytes } from 'node:crypto'
import { GenericContainer, Wait } from 'testcontainers'
import type { Production } from '../lib/production.ts'

const image = 'stuntdouble/postgres:15'
const memoryGigabytes = 1

/** As careless about crashes as the server that a snapshot is built in, and with as much memory. */
const settings = {
  ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' },
  ...{ wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '4GB' },
  ...{ shared_buffers: '256MB', maintenance_work_mem: '256MB', unix_socket_directories: '/tmp' },
}

const serve = `set -e
initdb -D /tmp/data -U postgres -E UTF8 --locale=C.UTF-8 --auth=trust --no-sync >/dev/null
exec postgres -D /tmp/data ${Object.entries(settings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')}`

/** What a person would type: the tables through a pipe, one after the other, then keys and indexes. */
const copy = `set -euo pipefail
export PGHOST=/tmp PGUSER=postgres PGDATABASE=postgres
pg_dump "$SOURCE" --schema=shop --section=pre-data --no-owner | psql -qXv ON_ERROR_STOP=1 >/dev/null
for table in $TABLES; do
  psql -qX "$SOURCE" -c "COPY $table TO STDOUT" | psql -qX -c "COPY $table FROM STDIN"
done
pg_dump "$SOURCE" --schema=shop --section=post-data --no-owner | psql -qXv ON_ERROR_STOP=1 >/dev/null`

/** Copies tables unmasked into another plain cluster, and tells how long that took. */
export async function plainCopy(
  production: Production,
  tables: readonly string[],
): Promise<number> {
  const source = new URL(production.adminUrl)
  source.host = `${production.internalAddress}:5432`
  await using cleanup = new AsyncDisposableStack()
  const container = await new GenericContainer(image)
    .withUser('999:999')
    .withName(`stuntdouble-bench-${randomBytes(4).toString('hex')}`)
    .withCommand(['bash', '-c', serve])
    .withEnvironment({ SOURCE: source.href, TABLES: tables.join(' ') })
    .withResourcesQuota({ memory: memoryGigabytes })
    .withSharedMemorySize(256 * 1024 ** 2)
    .withLabels({ 'dev.stuntdouble.installation': 'test-bench' })
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/))
    .start()
  cleanup.defer(async () => {
    await container.stop({ timeout: 0, removeVolumes: true })
  })
  const since = performance.now()
  const { exitCode, output } = await container.exec(['bash', '-c', copy])
  if (exitCode !== 0) throw new Error(`the plain copy failed: ${output.slice(-2000)}`)
  return performance.now() - since
}
