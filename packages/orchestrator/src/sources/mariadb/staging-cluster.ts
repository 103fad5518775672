import { setTimeout as sleep } from 'node:timers/promises'
import { newSecret } from '../../lib/ids.ts'
import type { Credentials } from '../sources.ts'
import { quoteIdentifier, quoteLiteral } from './identifiers.ts'
import { plainMode } from './schema/statements.ts'
import type { Session } from './session.ts'

/** Owns the database and all in it, in the build and in every sandbox: it is every definer’s name. */
export const ownerOf = ({ database }: Credentials): Credentials => ({
  ...{ user: 'app', password: newSecret(), database },
})

const accountOf = (user: string) => `${quoteLiteral(user)}@'%'`

/** Its database, and those a test makes beside it. Nothing of the server, and no file. */
const granted = (database: string) => {
  const pattern = database.replaceAll(/[\\_%]/g, '\\$&')
  return [pattern, `${pattern}\\_%`, `test\\_${pattern}`].map(quoteIdentifier)
}

/** Makes the owner and its empty database. */
export async function prepare(session: Session, owner: Credentials): Promise<void> {
  const { user, password, database } = owner
  const name = quoteIdentifier(database)
  await session.run(`CREATE DATABASE ${name}`)
  await session.run(`CREATE USER ${accountOf(user)} IDENTIFIED BY ${quoteLiteral(password)}`)
  for (const scope of granted(database)) {
    await session.run(`GRANT ALL PRIVILEGES ON ${scope}.* TO ${accountOf(user)}`)
  }
}

/** The same reading of text and moments on both sides. */
export async function settle(session: Session): Promise<Session> {
  await session.run(
    `SET SESSION sql_mode = '${plainMode}', time_zone = '+00:00', wait_timeout = 28800,
       net_read_timeout = 3600, net_write_timeout = 3600, lock_wait_timeout = 3600`,
  )
  return session
}

const patienceMs = 120_000
const pauseMs = 50

/** Waits until no page is newer than its file. Tables that are open are closed. */
export async function writeOut(session: Session, signal: AbortSignal): Promise<void> {
  await session.run(
    'SET GLOBAL innodb_max_dirty_pages_pct_lwm = 0, GLOBAL innodb_max_dirty_pages_pct = 0',
  )
  await session.run('FLUSH TABLES')
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)])
  while ((await dirtyPages(session)) > 0) await sleep(pauseMs, undefined, { signal: patience })
}

async function dirtyPages(session: Session): Promise<number> {
  const [row] = await session.rows<{ Value: string }>(
    "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'",
  )
  return Number(row?.Value ?? 0)
}

export async function analyze(session: Session, database: string): Promise<void> {
  const tables = await session.rows<{ name: string }>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
    [database],
  )
  const names = tables.map(({ name }) => `${quoteIdentifier(database)}.${quoteIdentifier(name)}`)
  if (names.length > 0) await session.rows(`ANALYZE TABLE ${names.join(', ')}`)
}

export async function sizeOf(session: Session): Promise<number> {
  const [row] = await session.rows<{ bytes: string | null }>(
    `SELECT SUM(FILE_SIZE) AS bytes FROM information_schema.INNODB_SYS_TABLESPACES
      WHERE SPACE <> 0 AND NAME NOT LIKE 'mysql/%'`,
  )
  return Number(row?.bytes ?? 0)
}

/** Last of all, as the superuser: from here on nobody but the sandbox’s role can log in. */
export async function seal(session: Session, role: Credentials): Promise<void> {
  await session.run(
    `ALTER USER ${accountOf(role.user)} IDENTIFIED BY ${quoteLiteral(role.password)}`,
  )
  await session.run('DROP USER CURRENT_USER')
}
