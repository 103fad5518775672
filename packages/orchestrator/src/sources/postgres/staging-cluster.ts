import { newSecret } from '../../lib/ids.ts'
import { untilAborted } from '../session-pool.ts'
import type { Credentials, Dial } from '../sources.ts'
import { dialled } from './dialled.ts'
import { quoteIdentifier, quoteLiteral } from './identifiers.ts'
import { connect, type Session } from './session.ts'

/** Who works in a staging cluster. */
export interface Parties {
  /** Makes roles, the database and extensions; never reads or writes a table of the source. */
  readonly superuser: Credentials
  /** Owns the database and all in it, in the build and in every sandbox. */
  readonly owner: Credentials
  /** The owner, but no policy hides a row from it. Gone when the build is done. */
  readonly checker: Credentials
}

export const partiesOf = (superuser: Credentials): Parties => {
  const { database } = superuser
  return {
    superuser,
    owner: { user: 'app', password: newSecret(), database },
    checker: { user: 'stuntdouble_check', password: newSecret(), database },
  }
}

/** Makes the roles and the owner’s empty database. */
export async function prepare(dial: Dial, parties: Parties, signal: AbortSignal): Promise<void> {
  const { superuser } = parties
  const first = await dialled(dial, { ...superuser, database: 'postgres' }, signal)
  await using session = await connect(first, signal)
  await untilAborted(session, signal, () => makeDatabase(session, parties))
  await using inside = await connect(await dialled(dial, superuser, signal), signal)
  await untilAborted(inside, signal, () =>
    inside.client.query(`ALTER SCHEMA public OWNER TO ${quoteIdentifier(parties.owner.user)}`),
  )
}

async function makeDatabase(session: Session, { owner, checker }: Parties): Promise<void> {
  await makeRole(session, owner, 'CREATEDB')
  await makeRole(session, checker, 'BYPASSRLS')
  const role = quoteIdentifier(owner.user)
  await session.client.query(`GRANT ${role} TO ${quoteIdentifier(checker.user)}`)
  await session.client.query(
    owner.database === 'postgres'
      ? `ALTER DATABASE postgres OWNER TO ${role}`
      : `CREATE DATABASE ${quoteIdentifier(owner.database)} OWNER ${role} TEMPLATE template0`,
  )
}

async function makeRole(session: Session, { user, password }: Credentials, right: string) {
  const existing = await session.rows('SELECT FROM pg_roles WHERE rolname = $1', [user])
  const verb = existing.length === 0 ? 'CREATE' : 'ALTER'
  await session.client.query(
    `${verb} ROLE ${quoteIdentifier(user)} LOGIN ${right} PASSWORD ${quoteLiteral(password)}`,
  )
}

/** The same reading of names and text on both sides; nothing a database’s owner set applies. */
export async function settle(session: Session): Promise<Session> {
  await session.client.query(
    `SET search_path = ''; SET check_function_bodies = off; SET DateStyle = 'ISO, YMD';
     SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET extra_float_digits = 3;
     SET bytea_output = 'hex'; SET xmloption = content; SET statement_timeout = 0;
     SET client_min_messages = error; SET row_security = off; SET default_table_access_method = heap`,
  )
  const [row] = await session.rows<{ encoding: string }>(
    "SELECT current_setting('server_encoding') AS encoding",
  )
  if (row?.encoding === 'SQL_ASCII') await session.client.query("SET client_encoding = 'SQL_ASCII'")
  return session
}

/** Last of all: from here on nobody but the sandbox’s role can log in. */
export async function seal(session: Session, parties: Parties, role: Credentials): Promise<void> {
  const owner = quoteIdentifier(parties.owner.user)
  const user = quoteIdentifier(role.user)
  const statements = [
    `DROP ROLE ${quoteIdentifier(parties.checker.user)}`,
    ...(user === owner ? [] : [`ALTER ROLE ${owner} RENAME TO ${user}`]),
    `ALTER ROLE ${user} PASSWORD ${quoteLiteral(role.password)}`,
    'CHECKPOINT',
    `ALTER ROLE ${quoteIdentifier(parties.superuser.user)} NOLOGIN PASSWORD NULL`,
  ]
  for (const statement of statements) await session.client.query(statement)
}
