import type { Readable } from 'node:stream'
import type { SessionPool } from '../session-pool.ts'
import type { TableWriter } from '../sources.ts'
import { tableName } from './identifiers.ts'
import { loadFeed } from './load-feed.ts'
import { type Load, loadRows, loadSql, type Written } from './load-rows.ts'
import type { Session } from './session.ts'
import { targetError } from './target-error.ts'

/** Takes a table’s rows as COPY text. All or none of them are kept. */
export async function openTableWriter(
  pool: SessionPool<Session>,
  written: Written,
  signal: AbortSignal,
): Promise<TableWriter> {
  const session = await pool.acquire(signal)
  const doing = `writing ${tableName(written.table)}`
  const sql = await loadSql(session, written).catch((cause) => {
    pool.release(session)
    throw cause
  })
  const feed = loadFeed()
  const abort = () => feed.destroy(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  // Rows that stop coming are not kept: the connection ends, and the transaction with it.
  feed.once('close', () => {
    if (!feed.readableEnded) session.destroy()
  })

  const done = writeAll(session, { sql, doing, columns: written.columns }, feed)
    .catch((cause) => {
      session.destroy()
      const failure = signal.aborted ? signal.reason : targetError(doing, cause)
      feed.destroy(failure)
      throw failure
    })
    .finally(() => {
      signal.removeEventListener('abort', abort)
      pool.release(session)
    })
  done.catch(() => {})
  feed.on('error', () => {})
  return { stream: feed, done }
}

/** A transaction of its own: with one warning nothing is kept. */
async function writeAll(session: Session, load: Load, feed: Readable): Promise<number> {
  await session.run('START TRANSACTION')
  const rows = await loadRows(session, load, feed)
  await session.run('COMMIT')
  return rows
}
