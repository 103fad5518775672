import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { openEngine } from '../lib/container-runtime.ts'
import type { Production } from '../lib/production.ts'
import { everyCatalogRow } from './everything-readable.ts'
import type { Plant } from './plant.ts'
import { Survivors, withDecodedHex } from './survivors.ts'

/**
 * What is usually done: a backup of production is restored, every column with a person or a secret
 * in it is updated, and the tables are vacuumed. What still stands in its files, catalogs and dump.
 */
export async function maskInPlace(
  production: Production,
  plants: readonly Plant[],
): Promise<ReadonlySet<string>> {
  const survivors = new Survivors(plants.flatMap(({ values }) => values))
  const updates = plants.flatMap(({ inPlace }) => (inPlace === undefined ? [] : [inPlace]))
  await run(production, restore, {})
  await run(production, `psql -h /tmp/copy -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE" -c "$SQL"`, {
    SQL: updates.join('; '),
  })
  await run(
    production,
    'psql -h /tmp/copy -XqAt -d "$DATABASE" -c "VACUUM ANALYZE" -c "CHECKPOINT"',
    {},
  )
  for (const command of tellings) {
    const told = await run(production, command, { EVERYTHING: everyCatalogRow })
    for (const part of withDecodedHex(told)) survivors.search(part)
  }
  await run(production, 'pg_ctl -D /data/copy stop -m fast', {})
  survivors.search(await run(production, 'tar -C /data/copy -cf - .', {}))
  return survivors.found
}

/** A base backup comes with what lies dead in the files, as a snapshot of a volume does. */
const restore = `mkdir -p /tmp/copy && pg_basebackup -h /tmp -U postgres -D /data/copy -X stream -c fast &&
  pg_ctl -D /data/copy -o "-c port=5432 -c listen_addresses='' -c unix_socket_directories=/tmp/copy -c fsync=off" -l /tmp/copy/log -w start`

const tellings = [
  'pg_dumpall -h /tmp/copy --inserts',
  'psql -h /tmp/copy -XAtq -d "$DATABASE" -c "$EVERYTHING"',
]

/** In production's container, where its files are. */
async function run(
  { id, database }: Production,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const engine = await openEngine()
  const variables = { PGUSER: 'postgres', DATABASE: database, ...env }
  const exec = await engine.getContainer(id).exec({
    Cmd: ['bash', '-c', command],
    Env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...{ AttachStdout: true, AttachStderr: true },
  })
  const stream = await exec.start({})
  const out: Buffer[] = []
  const complaints: Buffer[] = []
  const sink = (chunks: Buffer[]) =>
    new Writable({
      write(chunk, _, done) {
        chunks.push(chunk)
        done()
      },
    })
  engine.modem.demuxStream(stream, sink(out), sink(complaints))
  await finished(stream)
  const { ExitCode } = await exec.inspect()
  if (ExitCode !== 0)
    throw new Error(`${command.slice(0, 60)}: ${Buffer.concat(complaints).toString().slice(-2000)}`)
  return Buffer.concat(out)
}
