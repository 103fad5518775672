import type { Readable } from 'node:stream'
import type { TableRef } from '../../masking/masking.ts'
import type { SessionPool } from '../session-pool.ts'
import { copyText } from './copy-text.ts'
import { quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'
import { readTypes } from './table-types.ts'
import { knownType, selected } from './types.ts'

export interface CopyOut {
  readonly table: TableRef
  readonly columns: readonly string[]
  readonly explain: (cause: unknown) => Error
}

/** Streams a table’s rows as COPY text. A stream that is left early takes its connection along. */
export async function copyOut(
  pool: SessionPool<Session>,
  { table, columns, explain }: CopyOut,
  signal: AbortSignal,
): Promise<Readable> {
  const session = await pool.acquire(signal)
  const types = await readTypes(session, table, columns).catch((cause) => {
    pool.release(session)
    throw cause
  })
  const fields = columns.map((name, at) => selected(quoteIdentifier(name), types[at]?.type ?? ''))
  const rows = session.stream(`SELECT ${fields.join(', ')} FROM ${quoteTable(table)}`)
  const text = copyText(types.map(({ type }) => knownType(type)?.form ?? 'text'))

  const abort = () => text.destroy(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  // A server’s error may hold values; what leaves here does not.
  rows.on('error', (cause) => text.destroy(signal.aborted ? signal.reason : explain(cause)))
  text.once('close', () => {
    signal.removeEventListener('abort', abort)
    if (!rows.readableEnded) session.destroy()
    pool.release(session)
  })
  return rows.pipe(text)
}
