import mysql, { type FieldPacket, type ResultSetHeader, type TypeCast } from 'mysql2'
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
import { isServerError } from './errors.ts'
import { type Answered, connect, type Session, withoutFiles } from './session.ts'

export const query: RunQuery = queryBy<Session>({
  connect: async ({ dial, credentials }, signal) =>
    connect({ ...(await dialled(dial, credentials, signal)), ...withoutFiles }, signal),
  ask,
  explained,
})

async function ask(session: Session, request: QueryRequest): Promise<QueryAnswer> {
  const { sql, parameters, readOnly, maxRows, timeoutMs } = request
  await session.run(
    `SET SESSION max_statement_time = ${timeoutMs / 1000}, sql_select_limit = ${maxRows + 1}`,
  )
  if (readOnly) await session.run('SET SESSION TRANSACTION READ ONLY')
  return answerOf(await session.ask({ sql, values: parameters, typeCast }), maxRows)
}

/** A procedure answers more than once; the first rows are what is shown. */
function answerOf({ result, fields }: Answered, maxRows: number): QueryAnswer {
  const several = Array.isArray(fields?.[0]) || (Array.isArray(result) && !fields)
  const columns = several ? (fields?.[0] as unknown as FieldPacket[] | undefined) : fields
  const rows = several ? (result as unknown[])[0] : result
  if (!Array.isArray(rows) || !columns) return changed(rows as ResultSetHeader)
  return {
    columns: columns.map(({ name, columnType }) => ({ name, type: typeNameOf(columnType) })),
    rows: rows.slice(0, maxRows),
    affected: null,
    more: rows.length > maxRows,
  }
}

const changed = (header: ResultSetHeader | undefined): QueryAnswer => ({
  ...{ columns: [], rows: [], affected: header?.affectedRows ?? null, more: false },
})

const typeNames = new Map(
  Object.entries(mysql.Types).map(([name, number]) => [number as number, name.toLowerCase()]),
)
const typeNameOf = (type: number | undefined) => typeNames.get(type ?? -1) ?? 'unknown'

const numbers = new Set(['TINY', 'SHORT', 'LONG', 'LONGLONG', 'INT24', 'YEAR', 'FLOAT', 'DOUBLE'])
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const typeCast: TypeCast = (field) => {
  const bytes = field.buffer()
  if (bytes === null) return null
  const text = textOf(bytes)
  return numbers.has(field.type) ? exactNumber(text) : cell(text)
}

/** Bytes that are no text in hexadecimal. */
function textOf(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    return `0x${bytes.toString('hex')}`
  }
}

const statementTimeExceeded = 1969

function explained(cause: unknown, { timeoutMs }: QueryRequest): unknown {
  if (!isServerError(cause)) return cause
  if (cause.errno === statementTimeExceeded) return statementTooSlow(timeoutMs)
  return statementFailed(`${cause.message} (${cause.errno})`, undefined)
}
