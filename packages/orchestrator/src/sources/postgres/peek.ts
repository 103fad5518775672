import { buffer } from 'node:stream/consumers'
import { to as copyTo } from 'pg-copy-streams'
import type { Peek } from '../sources.ts'
import { quoteColumns, quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

/** Rows that are larger say nothing more of a constraint, and might not fit into memory. */
const largestBytes = 4096

/** Some whole rows of a table, in COPY text format. */
export async function peekRows(session: Session, { table, columns, limit }: Peek): Promise<Buffer> {
  if (columns.length === 0) return Buffer.alloc(0)
  const size = columns.map((name) => `coalesce(pg_column_size(${quoteIdentifier(name)}), 0)`)
  const list = quoteColumns(columns)
  const rows = `SELECT ${list} FROM ONLY ${quoteTable(table)} LIMIT ${limit}`
  const sql = `SELECT ${list} FROM (${rows}) AS few WHERE ${size.join(' + ')} <= ${largestBytes}`
  return buffer(session.client.query(copyTo(`COPY (${sql}) TO STDOUT`)))
}
