import { containerOf } from '../../lib/data-files.ts'
import { startMariadb } from '../../lib/mariadb-production.ts'
import { runInside } from '../run-inside.ts'
import type { Inside, PlantedProduction, Subject } from '../subject.ts'
import { everyCatalog } from './everything-readable.ts'
import { maskInPlace } from './in-place.ts'
import { plantsInDefinitions } from './plants-in-definitions.ts'
import { plantsInRows } from './plants-in-rows.ts'
import { plantsInTheServer } from './plants-in-the-server.ts'

export const mariadb: Subject = {
  kind: 'mariadb',
  plants: ({ rows, objects }) => [
    ...plantsInRows(rows),
    ...plantsInDefinitions(objects),
    ...plantsInTheServer(objects),
  ],
  start,
  maskInPlace,
  tell,
}

/** Its reader may see triggers and events as well, so that they are read and told of. */
async function start(): Promise<PlantedProduction> {
  const production = await startMariadb('shop', {
    options: [
      ...['--log-bin=/data/d/bin', '--server-id=1', '--log-bin-trust-function-creators=1'],
      '--plugin-load-add=ha_blackhole',
    ],
    readerMay: 'SELECT, SHOW VIEW, TRIGGER, EVENT',
  })
  return Object.assign(production, { plant: (script: string) => production.load(script) })
}

/** By the server’s own client, in the container where it runs. */
async function tell({ id, project }: Inside): Promise<readonly Buffer[]> {
  const { url } = await project.json<{ url: string }>(['db', id])
  const { username, password } = new URL(url)
  const container = await containerOf(id, 'db')
  const login = `-h 127.0.0.1 -u ${username}`
  const commands = [
    `mariadb-dump ${login} --all-databases --single-transaction --no-tablespaces --routines --events --triggers --hex-blob`,
    everyCatalog(`mariadb ${login}`),
  ]
  const told: Buffer[] = []
  for (const command of commands)
    told.push(await runInside(container, command, { MYSQL_PWD: password }))
  return told
}
