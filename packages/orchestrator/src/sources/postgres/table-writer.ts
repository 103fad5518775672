import { from as copyFrom } from 'pg-copy-streams'
import type { SessionPool } from '../session-pool.ts'
import type { TableWriter, WrittenTable } from '../sources.ts'
import { quoteColumns, quoteTable, tableName } from './identifiers.ts'
import type { Session } from './session.ts'
import { targetError } from './target-error.ts'

/** Takes a table’s rows as COPY text. All or none of them are kept. */
export async function openTableWriter(
  pool: SessionPool<Session>,
  { table, columns }: { readonly table: WrittenTable; readonly columns: readonly string[] },
  signal: AbortSignal,
): Promise<TableWriter> {
  const session = await pool.acquire(signal)
  const list = columns.length === 0 ? '' : ` (${quoteColumns(columns)})`
  const copy = copyFrom(statementsFor(table, list))
  const explain = (cause: unknown) => targetError(`writing ${tableName(table)}`, cause)

  // After an error of the server nothing waits for the rest of the rows.
  Object.assign(copy, {
    handleError: (cause: unknown) => {
      session.destroy()
      copy.destroy(signal.aborted ? signal.reason : explain(cause))
    },
    _destroy: (cause: Error | null, done: (cause: Error | null) => void) => {
      if (!copy.writableFinished) session.destroy()
      done(cause)
    },
  })
  const stream = session.client.query(copy)
  const abort = () => stream.destroy(signal.reason)
  signal.addEventListener('abort', abort, { once: true })

  const done = new Promise<number>((resolve, reject) => {
    let failure: unknown
    stream.once('error', (cause) => {
      failure = cause
    })
    stream.once('close', () => {
      signal.removeEventListener('abort', abort)
      pool.release(session)
      if (stream.writableFinished) resolve(stream.rowCount)
      else reject(failure ?? explain(new Error('left early')))
    })
  })
  done.catch(() => {})
  return { stream, done }
}

/**
 * In one message, and so in one transaction: rows of a table that was emptied in it need no log, for an
 * abort drops the file, and are written frozen. Another stream of the same table would have to wait.
 */
function statementsFor(table: WrittenTable, list: string): string {
  const name = quoteTable(table)
  if (table.whole !== true) return `COPY ${name}${list} FROM STDIN`
  return `TRUNCATE ONLY ${name}; COPY ${name}${list} FROM STDIN (FREEZE)`
}
