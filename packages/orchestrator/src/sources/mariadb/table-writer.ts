import type { TableRef } from '../../masking/masking.ts'
import type { SessionPool } from '../session-pool.ts'
import type { TableWriter } from '../sources.ts'
import { quoteIdentifier, quoteTable, tableName } from './identifiers.ts'
import { loadFeed } from './load-feed.ts'
import type { Session } from './session.ts'
import { type ColumnType, readTypes } from './table-types.ts'
import { complaint, targetError } from './target-error.ts'
import { knownType } from './types.ts'

interface Written {
  readonly table: TableRef
  readonly columns: readonly string[]
}

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

  const done = load(session, sql, { feed, doing })
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

interface Loading {
  readonly feed: ReturnType<typeof loadFeed>
  readonly doing: string
}

/** A load skips or bends what it cannot take, and says so in warnings: one is enough to keep nothing. */
async function load(session: Session, sql: string, { feed, doing }: Loading): Promise<number> {
  await session.run('START TRANSACTION')
  const { affectedRows, warningStatus } = await session.load(sql, feed)
  if (warningStatus > 0) throw await firstWarning(session, doing)
  await session.run('COMMIT')
  return affectedRows
}

async function firstWarning(session: Session, doing: string) {
  const [warning] = await session.rows<{ Code: string }>('SHOW WARNINGS LIMIT 1')
  return complaint(doing, Number(warning?.Code))
}

/** Bytes come in hex and bits as a number; everything else is its own text. */
async function loadSql(session: Session, { table, columns }: Written): Promise<string> {
  const types = await readTypes(session, table, columns)
  const set = types.flatMap((type, at) => assigned(type, columns[at] ?? '', at) ?? [])
  const isSet = (type: ColumnType) => set.length > 0 && (type.counts || formOf(type) !== 'text')
  const taken = columns.map((name, at) => {
    const type = types[at]
    return type !== undefined && isSet(type) ? `@c${at}` : quoteIdentifier(name)
  })
  const counting = types.findIndex(({ counts }) => counts)
  // Beside a SET a 0 of a counting column would be counted up, whatever sql_mode says.
  if (set.length > 0 && counting >= 0)
    set.push(`${quoteIdentifier(columns[counting] ?? '')} = @c${counting}`)
  return `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${quoteTable(table)} CHARACTER SET utf8mb4
    FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'
    (${taken.join(', ')})${set.length === 0 ? '' : ` SET ${set.join(', ')}`}`
}

const formOf = ({ type }: ColumnType) => knownType(type)?.form ?? 'text'

function assigned(type: ColumnType, name: string, at: number): string | undefined {
  const form = formOf(type)
  if (form === 'hex') return `${quoteIdentifier(name)} = UNHEX(SUBSTR(@c${at}, 3))`
  return form === 'bits' ? `${quoteIdentifier(name)} = CAST(@c${at} AS UNSIGNED)` : undefined
}
