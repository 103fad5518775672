import type { StoreKind } from '../sources.ts'
import { container, dataDirectory, imageFor, stagingContainer, stopCommand } from './containers.ts'
import { openSource } from './open.ts'
import { query } from './query.ts'
import { waitUntilReady } from './ready.ts'
import { openTarget } from './target.ts'

/** MariaDB 10.6 to 10.11. */
export const mariadbKind: StoreKind = {
  model: 'tables',
  kind: 'mariadb',
  superuser: 'root',
  port: 3306,
  stopCommand,
  dataDirectory,
  // Views that come with the server, whose text is the same everywhere.
  pristineFiles: 'sys',
  open: openSource,
  imageFor,
  stagingContainer,
  container,
  ready: waitUntilReady,
  target: openTarget,
  query,
  // What drivers and ORMs know it by.
  url: ({ user, password, database }, { host, port }) =>
    `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`,
  clientEnvironment: ({ password }, { host, port }) => ({
    MYSQL_HOST: host,
    MYSQL_TCP_PORT: String(port),
    MYSQL_PWD: password,
  }),
}
