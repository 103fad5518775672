import { explained } from '../explained.ts'
import { createSessionPool, untilAborted } from '../session-pool.ts'
import type { Credentials, Dial, SchemaStatement, Target } from '../sources.ts'
import { copyOut } from './copy-out.ts'
import { countRows } from './count-rows.ts'
import { dialled } from './dialled.ts'
import { tableName } from './identifiers.ts'
import { rehearseRows } from './rehearse.ts'
import { connect, type Session } from './session.ts'
import { partiesOf, prepare, seal, settle } from './staging-cluster.ts'
import { openTableWriter } from './table-writer.ts'
import { targetError } from './target-error.ts'

/**
 * The staging cluster. Code of the source runs whenever a table of it is touched, so the superuser
 * touches none: rows are written as the owner and read as the checker, on connections of their own.
 */
export async function openTarget(
  dial: Dial,
  superuser: Credentials,
  signal: AbortSignal,
): Promise<Target> {
  await using cleanup = new AsyncDisposableStack()
  const parties = partiesOf(superuser)
  await doing('preparing the staging server', signal, () => prepare(dial, parties, signal))

  const open = async (credentials: Credentials, until: AbortSignal) =>
    settle(await connect(await dialled(dial, credentials, until), until))
  const { owner, checker } = parties
  const admin = cleanup.use(await open(superuser, signal))
  const checks = cleanup.use(createSessionPool(2, (until) => open(checker, until)))
  const rows = cleanup.use(createSessionPool(4, (until) => open(owner, until)))
  const ddl = cleanup.use(createSessionPool(1, (until) => open(owner, until)))
  const version = await doing('asking the staging server', signal, () => majorVersion(admin))
  const all = cleanup.move()

  const asAdmin = <Result>(
    what: string,
    until: AbortSignal,
    work: (session: Session) => Promise<Result>,
  ) => doing(what, until, () => untilAborted(admin, until, () => work(admin)))

  return {
    version,
    rehearse: (rehearsal, until) =>
      doing(`rehearsing ${tableName(rehearsal.table)}`, until, () =>
        ddl.use(until, (session) => rehearseRows(session, rehearsal)),
      ),
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
          checks,
          { table, columns, explain: (cause) => targetError(`reading ${tableName(table)}`, cause) },
          until,
        ),
      ),
    count: (table, until) =>
      doing(`counting ${tableName(table)}`, until, () =>
        checks.use(until, (session) => countRows(session, table)),
      ),
    unvalidatedForeignKeys: (until) => asAdmin('checking foreign keys', until, unvalidated),
    writeOut: (until) =>
      asAdmin('writing a checkpoint', until, async (session) => {
        await session.client.query('CHECKPOINT')
      }),
    finish: async (role, until) => {
      await doing('analyzing', until, () => ddl.use(until, analyze))
      for (const pool of [rows, checks, ddl]) await pool[Symbol.asyncDispose]()
      await asAdmin('closing the cluster', until, (session) => seal(session, parties, role))
    },
    sizeBytes: (until) => asAdmin('measuring', until, databaseSize),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const doing = <Result>(what: string, until: AbortSignal, work: () => Promise<Result>) =>
  explained((cause) => targetError(what, cause), until, work)

async function execute(session: Session, { sql }: SchemaStatement): Promise<void> {
  await session.client.query(sql)
}

async function majorVersion(session: Session): Promise<number> {
  const [row] = await session.rows<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  )
  return row?.version ?? 0
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

async function databaseSize(session: Session): Promise<number> {
  const [row] = await session.rows<{ bytes: string }>(
    'SELECT pg_database_size(current_database()) AS bytes',
  )
  return Number(row?.bytes)
}
