import type { Readable } from 'node:stream'
import { to as copyTo } from 'pg-copy-streams'
import type { SessionPool } from '../session-pool.ts'
import type { TablePart } from '../sources.ts'
import { quoteColumns, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'
import { amongSql } from './subset/row-numbers.ts'

export interface CopyOut {
  readonly table: TablePart
  readonly columns: readonly string[]
  readonly explain: (cause: unknown) => Error
}

/** A row may be longer; what is read ahead of it is not. */
const highWaterMark = 256 * 1024

/** Streams a table’s own rows as COPY text. A stream that is left early takes its connection along. */
export async function copyOut(
  pool: SessionPool<Session>,
  { table, columns, explain }: CopyOut,
  signal: AbortSignal,
): Promise<Readable> {
  const session = await pool.acquire(signal)
  const rows = `SELECT ${quoteColumns(columns)} FROM ONLY ${quoteTable(table)}${within(table)}`
  const copy = copyTo(`COPY (${rows}) TO STDOUT`, { highWaterMark })
  // A server’s error may hold values; what leaves here does not.
  Object.assign(copy, {
    handleError: (cause: unknown) => copy.destroy(signal.aborted ? signal.reason : explain(cause)),
  })
  const stream = session.client.query(copy)
  // It may break before its reader has a pipe for it; then the pipe finds the error on it.
  stream.on('error', () => {})

  const abort = () => stream.destroy(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  stream.once('close', () => {
    signal.removeEventListener('abort', abort)
    if (!stream.readableEnded) session.destroy()
    pool.release(session)
  })
  return stream
}

/** As ctids, which a server from 14 on finds without reading the pages before. */
function within({ rows, pages }: TablePart): string {
  if (rows !== undefined) return ` WHERE ${amongSql(rows)}`
  if (pages === undefined) return ''
  const upTo = pages.to === null ? '' : ` AND ctid < '(${pages.to},0)'`
  return ` WHERE ctid >= '(${pages.from},0)'${upTo}`
}
