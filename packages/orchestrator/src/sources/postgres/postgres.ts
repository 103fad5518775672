import type { StoreKind } from '../sources.ts'
import { container, dataDirectory, imageFor, stagingContainer, stopCommand } from './containers.ts'
import { openSource } from './open.ts'
import { query } from './query.ts'
import { waitUntilReady } from './ready.ts'
import { openTarget } from './target.ts'

/** PostgreSQL 13 to 18. */
export const postgresKind: StoreKind = {
  model: 'tables',
  kind: 'postgres',
  superuser: 'postgres',
  port: 5432,
  stopCommand,
  dataDirectory,
  // template1, which nobody writes to.
  pristineFiles: 'base/1',
  open: openSource,
  imageFor,
  stagingContainer,
  container,
  ready: waitUntilReady,
  target: openTarget,
  query,
  url: ({ user, password, database }, { host, port }) =>
    `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`,
  clientEnvironment: ({ user, password, database }, { host, port }) => ({
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  }),
}
