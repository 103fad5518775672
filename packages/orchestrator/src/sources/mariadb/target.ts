import { explained } from '../explained.ts'
import { createSessionPool, untilAborted } from '../session-pool.ts'
import type { Credentials, Dial, Target } from '../sources.ts'
import { copyOut } from './copy-out.ts'
import { countRows } from './count-rows.ts'
import { dialled } from './dialled.ts'
import { tableName } from './identifiers.ts'
import { rehearseRows } from './rehearse.ts'
import { connect, type Session } from './session.ts'
import { analyze, ownerOf, prepare, seal, settle, sizeOf, writeOut } from './staging-cluster.ts'
import { openTableWriter } from './table-writer.ts'
import { targetError } from './target-error.ts'

/** The staging cluster. What the source wrote is run and read by the owner, who may touch no more. */
export async function openTarget(
  dial: Dial,
  superuser: Credentials,
  signal: AbortSignal,
): Promise<Target> {
  await using cleanup = new AsyncDisposableStack()
  const owner = ownerOf(superuser)
  const open = async (credentials: Credentials, until: AbortSignal) =>
    settle(await connect(await dialled(dial, credentials, until), until))

  const admin = await doing('preparing the staging server', signal, async () => {
    const session = cleanup.use(await open({ ...superuser, database: '' }, signal))
    await untilAborted(session, signal, () => prepare(session, owner))
    return session
  })
  const rows = cleanup.use(createSessionPool(4, (until) => open(owner, until)))
  const ddl = cleanup.use(createSessionPool(1, (until) => open(owner, until)))
  const all = cleanup.move()

  const asAdmin = <Result>(
    what: string,
    until: AbortSignal,
    work: (session: Session) => Promise<Result>,
  ) => doing(what, until, () => untilAborted(admin, until, () => work(admin)))

  return {
    run: ({ what, sql }, until) =>
      doing(`making ${what}`, until, () =>
        ddl.use(until, async (session) => {
          await session.run(sql)
        }),
      ),
    rehearse: (rehearsal, until) =>
      doing(`rehearsing ${tableName(rehearsal.table)}`, until, () =>
        rows.use(until, (session) => rehearseRows(session, rehearsal)),
      ),
    write: (table, columns, until) =>
      doing(`writing ${tableName(table)}`, until, () =>
        openTableWriter(rows, { table, columns }, until),
      ),
    read: (table, columns, until) => {
      const what = `reading ${tableName(table)}`
      const explain = (cause: unknown) => targetError(what, cause)
      return doing(what, until, () => copyOut(rows, { table, columns, explain }, until))
    },
    count: (table, until) =>
      doing(`counting ${tableName(table)}`, until, () =>
        rows.use(until, (session) => countRows(session, table)),
      ),
    // A foreign key that does not hold cannot be made.
    unvalidatedForeignKeys: async () => [],
    writeOut: (until) => asAdmin('writing out', until, (session) => writeOut(session, until)),
    finish: async (role, until) => {
      if (role.user !== owner.user) throw new TypeError(`every definer is ${owner.user}`)
      await doing('analyzing', until, () =>
        ddl.use(until, (session) => analyze(session, role.database)),
      )
      for (const pool of [rows, ddl]) await pool[Symbol.asyncDispose]()
      await asAdmin('closing the cluster', until, (session) => seal(session, role))
    },
    sizeBytes: (until) => asAdmin('measuring', until, sizeOf),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const doing = <Result>(what: string, until: AbortSignal, work: () => Promise<Result>) =>
  explained((cause) => targetError(what, cause), until, work)
