import { DatabaseError } from 'pg'
import Cursor from 'pg-cursor'
import {
  cell,
  exactNumber,
  queryBy,
  type RunQuery,
  statementFailed,
  statementTooSlow,
} from '../query.ts'
import type { QueryAnswer, QueryRequest } from '../sources.ts'
import { dialled } from './dialled.ts'
import { connect, type Session } from './session.ts'

/** By the extended protocol, which takes one statement and stops where enough rows were read. */
export const query: RunQuery = queryBy<Session>({
  connect: async ({ dial, credentials }, signal) =>
    connect(await dialled(dial, credentials, signal), signal),
  ask,
  explained,
})

/** A server notices by itself only when it writes, which a long statement does at its end. From 14 on. */
const endWithAsker = `SELECT set_config(name, '1s', false) FROM pg_settings
  WHERE name = 'client_connection_check_interval'`

async function ask(session: Session, request: QueryRequest): Promise<QueryAnswer> {
  const { sql, parameters, readOnly, maxRows, timeoutMs } = request
  await session.rows(`SET statement_timeout = ${Math.ceil(timeoutMs)}`)
  await session.rows(endWithAsker)
  if (readOnly) await session.rows('SET default_transaction_read_only = on')
  const types = { getTypeParser: parserOf } as never
  const cursor = new Cursor(sql, [...parameters], { rowMode: 'array', types })
  session.client.query(cursor)
  const rows: unknown[][] = await cursor.read(maxRows + 1)
  await cursor.close()
  const { fields, command, rowCount } = resultOf(cursor)
  return {
    columns: await named(session, fields),
    rows: rows.slice(0, maxRows),
    affected: changing.has(command ?? '') ? (rowCount ?? null) : null,
    more: rows.length > maxRows,
  }
}

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

interface Field {
  readonly name: string
  readonly dataTypeID: number
}

interface CursorResult {
  readonly fields: readonly Field[]
  readonly command: string | null
  readonly rowCount: number | null
}

/** The cursor tells it with its rows, but only to callbacks. */
const resultOf = (cursor: Cursor) => (cursor as unknown as { _result: CursorResult })._result

async function named(session: Session, fields: readonly Field[]): Promise<QueryAnswer['columns']> {
  if (fields.length === 0) return []
  const known = await session.rows<{ oid: number; name: string }>(
    'SELECT oid, format_type(oid, NULL) AS name FROM pg_type WHERE oid = ANY($1)',
    [fields.map(({ dataTypeID }) => dataTypeID)],
  )
  const names = new Map(known.map(({ oid, name }) => [oid, name]))
  return fields.map(({ name, dataTypeID }) => ({ name, type: names.get(dataTypeID) ?? 'unknown' }))
}

const numbers = new Set([20, 21, 23, 26, 700, 701])
const documents = new Set([114, 3802])
const boolean = 16
const documentCharacters = 8_192

function parserOf(oid: number): (text: string) => unknown {
  if (numbers.has(oid)) return exactNumber
  if (oid === boolean) return (text) => text === 't'
  if (documents.has(oid))
    return (text) => (text.length > documentCharacters ? cell(text) : JSON.parse(text))
  return cell
}

const queryCanceled = '57014'

function explained(cause: unknown, { timeoutMs }: QueryRequest): unknown {
  if (!(cause instanceof DatabaseError)) return cause
  if (cause.code === queryCanceled) return statementTooSlow(timeoutMs)
  const { message, code, position, detail, hint } = cause
  const at = position ? `, at character ${position}` : ''
  return statementFailed(`${message} (${code}${at})${detail ? ` ${detail}` : ''}`, hint)
}
