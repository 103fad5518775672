import { buffer } from 'node:stream/consumers'
import type { Peek } from '../sources.ts'
import { copyText } from './copy-text.ts'
import { quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'
import { readTypes } from './table-types.ts'
import { knownType, selected } from './types.ts'

/** Rows that are larger say nothing more of a constraint, and might not fit into memory. */
const largestBytes = 4096

/** Some whole rows of a table, as COPY text. */
export async function peekRows(session: Session, { table, columns, limit }: Peek): Promise<Buffer> {
  if (columns.length === 0) return Buffer.alloc(0)
  const types = await readTypes(session, table, columns)
  const names = columns.map(quoteIdentifier)
  const size = names.map((name) => `COALESCE(OCTET_LENGTH(${name}), 0)`).join(' + ')
  // A large value is left where it is: the server would carry it through a table of its own.
  const short = names.map(
    (name, at) =>
      `${isLong(types[at]?.type) ? `IF(OCTET_LENGTH(${name}) > ${largestBytes}, NULL, ${name})` : name} AS c${at}`,
  )
  const few = `SELECT ${short.join(', ')}, ${size} AS size FROM ${quoteTable(table)} LIMIT ${limit}`
  const fields = columns.map((_, at) => selected(`c${at}`, types[at]?.type ?? ''))
  const rows = session.stream(
    `SELECT ${fields.join(', ')} FROM (${few}) AS few WHERE size <= ${largestBytes}`,
  )
  const text = copyText(types.map(({ type }) => knownType(type)?.form ?? 'text'))
  rows.on('error', (cause) => text.destroy(cause))
  return buffer(rows.pipe(text))
}

const isLong = (type = '') => /text|blob/.test(type)
