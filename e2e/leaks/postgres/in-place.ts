import type { Plant } from '../plant.ts'
import { runInside } from '../run-inside.ts'
import type { PlantedProduction } from '../subject.ts'
import { Survivors, withDecodedHex } from '../survivors.ts'
import { everyCatalogRow } from './everything-readable.ts'

/**
 * What is usually done: a backup of production is restored, every column with a person or a secret
 * in it is updated, and the tables are vacuumed. What still stands in its files, catalogs and dump.
 */
export async function maskInPlace(
  { id, database }: PlantedProduction,
  plants: readonly Plant[],
): Promise<ReadonlySet<string>> {
  const survivors = new Survivors(plants.flatMap(({ values }) => values))
  const updates = plants.flatMap(({ inPlace }) => (inPlace === undefined ? [] : [inPlace]))
  const run = (command: string, env: Readonly<Record<string, string>> = {}) =>
    runInside(id, command, { PGUSER: 'postgres', DATABASE: database, ...env })
  await run(restore)
  await run(`psql -h /tmp/copy -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE" -c "$SQL"`, {
    SQL: updates.join('; '),
  })
  await run('psql -h /tmp/copy -XqAt -d "$DATABASE" -c "VACUUM ANALYZE" -c "CHECKPOINT"')
  for (const command of tellings) {
    const told = await run(command, { EVERYTHING: everyCatalogRow })
    for (const part of withDecodedHex(told)) survivors.search(part)
  }
  await run('pg_ctl -D /data/copy stop -m fast')
  survivors.search(await run('tar -C /data/copy -cf - .'))
  return survivors.found
}

/** A base backup comes with what lies dead in the files, as a snapshot of a volume does. */
const restore = `mkdir -p /tmp/copy && pg_basebackup -h /tmp -U postgres -D /data/copy -X stream -c fast &&
  pg_ctl -D /data/copy -o "-c port=5432 -c listen_addresses='' -c unix_socket_directories=/tmp/copy -c fsync=off" -l /tmp/copy/log -w start`

const tellings = [
  'pg_dumpall -h /tmp/copy --inserts',
  'psql -h /tmp/copy -XAtq -d "$DATABASE" -c "$EVERYTHING"',
]
