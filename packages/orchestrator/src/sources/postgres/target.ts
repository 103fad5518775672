import { newSecret } from '../../lib/ids.ts'
import type { Credentials, Dial, SchemaStatement, Target } from '../sources.ts'
import { copyOut } from './copy-out.ts'
import { countRows } from './count-rows.ts'
import { dialled } from './dialled.ts'
import { quoteIdentifier, quoteLiteral, tableName } from './identifiers.ts'
import { connect, type Session, untilAborted } from './session.ts'
import { createSessionPool } from './session-pool.ts'
import { openTableWriter } from './table-writer.ts'
import { targetError } from './target-error.ts'

/** Owns the database and all in it, in the build and in every sandbox. No superuser. */
export const ownerRole = 'app'

/**
 * The staging cluster. Everything the source wrote runs as the owner, on connections of its own:
 * no statement of it can become the superuser, whose access is for our own statements alone.
 */
export async function openTarget(
  dial: Dial,
  superuser: Credentials,
  signal: AbortSignal,
): Promise<Target> {
  await using cleanup = new AsyncDisposableStack()
  const owner = { user: ownerRole, password: newSecret(), database: superuser.database }
  await prepareCluster(dial, { superuser, owner }, signal)

  const open = async (credentials: Credentials, until: AbortSignal) =>
    settle(await connect(await dialled(dial, credentials, until), until))
  const admin = cleanup.use(await open(superuser, signal))
  const rows = cleanup.use(createSessionPool(4, (until) => open(owner, until)))
  const ddl = cleanup.use(createSessionPool(1, (until) => open(owner, until)))
  const all = cleanup.move()

  const doing = async <Result>(what: string, until: AbortSignal, work: () => Promise<Result>) => {
    try {
      return await work()
    } catch (cause) {
      until.throwIfAborted()
      throw targetError(what, cause)
    }
  }
  const asAdmin = <Result>(
    what: string,
    until: AbortSignal,
    work: (session: Session) => Promise<Result>,
  ) => doing(what, until, () => untilAborted(admin, until, () => work(admin)))

  return {
    run: (statement, until) =>
      statement.privileged === true
        ? asAdmin(`making ${statement.what}`, until, (session) => execute(session, statement))
        : doing(`making ${statement.what}`, until, () =>
            ddl.use(until, (session) => execute(session, statement)),
          ),
    write: (table, columns, until) =>
      doing(`writing ${tableName(table)}`, until, () =>
        openTableWriter(rows, { table, columns }, until),
      ),
    read: (table, columns, until) =>
      doing(`reading ${tableName(table)}`, until, () =>
        copyOut(
          rows,
          { table, columns, explain: (cause) => targetError(`reading ${tableName(table)}`, cause) },
          until,
        ),
      ),
    count: (table, until) =>
      asAdmin(`counting ${tableName(table)}`, until, (session) => countRows(session, table)),
    unvalidatedForeignKeys: (until) => asAdmin('checking foreign keys', until, unvalidated),
    finish: async (role, until) => {
      await doing('analyzing', until, () => ddl.use(until, analyze))
      await rows[Symbol.asyncDispose]()
      await ddl[Symbol.asyncDispose]()
      await asAdmin('closing the cluster', until, (session) => close(session, superuser, role))
    },
    sizeBytes: (until) => asAdmin('measuring', until, databaseSize),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

interface Parties {
  readonly superuser: Credentials
  readonly owner: Credentials
}

/** Makes the owner and its empty database. */
async function prepareCluster(dial: Dial, { superuser, owner }: Parties, signal: AbortSignal) {
  const credentials = { ...superuser, database: 'postgres' }
  await using session = await connect(await dialled(dial, credentials, signal), signal)
  const role = quoteIdentifier(owner.user)
  const database = quoteIdentifier(owner.database)
  await untilAborted(session, signal, async () => {
    const existing = await session.rows('SELECT FROM pg_roles WHERE rolname = $1', [owner.user])
    const verb = existing.length === 0 ? 'CREATE' : 'ALTER'
    await session.client.query(
      `${verb} ROLE ${role} LOGIN CREATEDB PASSWORD ${quoteLiteral(owner.password)}`,
    )
    if (owner.database === 'postgres') {
      await session.client.query(`ALTER DATABASE postgres OWNER TO ${role}`)
    } else {
      await session.client.query(`CREATE DATABASE ${database} OWNER ${role} TEMPLATE template0`)
    }
  })
  await using inside = await connect(await dialled(dial, superuser, signal), signal)
  await untilAborted(inside, signal, () =>
    inside.client.query(`ALTER SCHEMA public OWNER TO ${role}`),
  )
}

/** The same reading of names and text on both sides; nothing a database’s owner set applies. */
async function settle(session: Session): Promise<Session> {
  await session.client.query(
    `SET search_path = ''; SET check_function_bodies = off; SET DateStyle = 'ISO, YMD';
     SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET extra_float_digits = 3;
     SET bytea_output = 'hex'; SET xmloption = content; SET statement_timeout = 0;
     SET client_min_messages = error; SET row_security = on; SET default_table_access_method = heap`,
  )
  const [row] = await session.rows<{ encoding: string }>(
    "SELECT current_setting('server_encoding') AS encoding",
  )
  if (row?.encoding === 'SQL_ASCII') await session.client.query("SET client_encoding = 'SQL_ASCII'")
  return session
}

async function execute(session: Session, { sql }: SchemaStatement): Promise<void> {
  await session.client.query(sql)
}

async function unvalidated(session: Session): Promise<readonly string[]> {
  const rows = await session.rows<{ name: string }>(
    `SELECT concat_ws('.', n.nspname, c.relname, k.conname) AS name
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE k.contype = 'f' AND NOT k.convalidated ORDER BY 1`,
  )
  return rows.map((row) => row.name)
}

/** Freezing now spares every clone the hint bits: a first read would otherwise write each page. */
async function analyze(session: Session): Promise<void> {
  await session.client.query('VACUUM (FREEZE, ANALYZE)')
}

/** Last of all: from here on nobody but the sandbox’s role can log in. */
async function close(session: Session, superuser: Credentials, role: Credentials): Promise<void> {
  if (role.user !== ownerRole) {
    await session.client.query(`ALTER ROLE ${ownerRole} RENAME TO ${quoteIdentifier(role.user)}`)
  }
  await session.client.query(
    `ALTER ROLE ${quoteIdentifier(role.user)} PASSWORD ${quoteLiteral(role.password)}`,
  )
  await session.client.query('CHECKPOINT')
  await session.client.query(`ALTER ROLE ${quoteIdentifier(superuser.user)} NOLOGIN PASSWORD NULL`)
}

async function databaseSize(session: Session): Promise<number> {
  const [row] = await session.rows<{ bytes: string }>(
    'SELECT pg_database_size(current_database()) AS bytes',
  )
  return Number(row?.bytes)
}
