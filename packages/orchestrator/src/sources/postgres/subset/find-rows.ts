import { to as copyTo } from 'pg-copy-streams'
import type { Session } from '../session.ts'
import { rowNumber } from './row-numbers.ts'

export interface FoundIn {
  readonly leaf: number
  readonly rows: number[]
  cut: number
}

/** Long enough for a scan of a large table, and no longer than production should bear it. */
const timeoutSeconds = 900

/** Runs a statement that yields leaf, ctid and what was cut; held as numbers, however many there are. */
export async function findRows(session: Session, sql: string): Promise<readonly FoundIn[]> {
  await session.client.query(`SET LOCAL statement_timeout = '${timeoutSeconds}s'`)
  const found = new Map<string, FoundIn>()
  let rest = ''
  for await (const chunk of session.client.query(copyTo(`COPY (${sql}) TO STDOUT`))) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line, found)
  }
  await session.client.query('SET LOCAL statement_timeout = 0')
  return [...found.values()]
}

const linePattern = /^(\d+)\t\((\d+),(\d+)\)\t(\d+)$/

function take(line: string, found: Map<string, FoundIn>): void {
  const [, leaf = '', page, place, cut] = linePattern.exec(line) ?? []
  const into = found.get(leaf) ?? { leaf: Number(leaf), rows: [], cut: 0 }
  found.set(leaf, into)
  into.rows.push(rowNumber(Number(page), Number(place)))
  into.cut += Number(cut)
}
