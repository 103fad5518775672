import type { Plant } from '../plant.ts'
import { runInside } from '../run-inside.ts'
import type { PlantedProduction } from '../subject.ts'
import { Survivors, withDecodedHex } from '../survivors.ts'
import { everyCatalog } from './everything-readable.ts'

/**
 * What is usually done: a copy of production’s files is brought up, every column with a person or a
 * secret in it is updated, and the tables are analyzed. What still stands in its files and its dump.
 */
export async function maskInPlace(
  { id, database }: PlantedProduction,
  plants: readonly Plant[],
): Promise<ReadonlySet<string>> {
  const survivors = new Survivors(plants.flatMap(({ values }) => values))
  const updates = plants.flatMap(({ inPlace }) => (inPlace === undefined ? [] : [inPlace]))
  const run = (command: string, env: Readonly<Record<string, string>> = {}) =>
    runInside(id, command, { DATABASE: database, ...env })
  await run(restore)
  await run(`mariadb ${login} "$DATABASE" -e "$SQL"`, { SQL: updates.join('; ') })
  await run(`mariadb-check ${login} --analyze "$DATABASE"`)
  for (const command of tellings) {
    for (const part of withDecodedHex(await run(command))) survivors.search(part)
  }
  await run(`mariadb-admin ${login} shutdown`)
  survivors.search(await run('tar -C /data/copy -cf - .'))
  return survivors.found
}

const login = '-uroot -S /tmp/copy.sock'

/**
 * Nobody writes while the files are copied. What lies dead in them comes along, as with any snapshot of
 * a volume; the binary logs, which repeat all the rest, are thought of.
 */
const restore = `
printf '%s\\n' 'SET GLOBAL innodb_max_dirty_pages_pct = 0, GLOBAL innodb_max_dirty_pages_pct_lwm = 0;' \\
  'FLUSH TABLES WITH READ LOCK;' '\\! sleep 2; cp -a /data/d /data/copy' | mariadb -uroot -S /tmp/s
rm /data/copy/bin.*
setsid mariadbd --no-defaults --datadir=/data/copy --socket=/tmp/copy.sock --skip-networking --pid-file=/tmp/copy.pid \\
  --plugin-load-add=ha_blackhole --innodb-use-native-aio=0 --innodb-log-file-size=16M >/tmp/copy.log 2>&1 </dev/null &
for _ in $(seq 300); do mariadb ${login} -e 'SELECT 1' >/dev/null 2>&1 && exit 0; sleep 0.1; done
tail -5 /tmp/copy.log >&2
exit 1`

const tellings = [
  `mariadb-dump ${login} --all-databases --routines --events --triggers --hex-blob --force`,
  everyCatalog(`mariadb ${login}`),
]
