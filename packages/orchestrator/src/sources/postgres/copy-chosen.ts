import { Readable } from 'node:stream'
import type { SessionPool } from '../session-pool.ts'
import { type CopyOut, copyOut } from './copy-out.ts'
import type { Session } from './session.ts'
import { batches } from './subset/row-numbers.ts'

/** Streams chosen rows of a table, one statement after the other: none can name them all. */
export function copyChosen(
  pool: SessionPool<Session>,
  { table, ...rest }: CopyOut,
  signal: AbortSignal,
): Readable {
  const chunks = async function* () {
    for (const rows of batches(table.rows ?? new Float64Array(0)))
      yield* await copyOut(pool, { table: { ...table, rows }, ...rest }, signal)
  }
  return Readable.from(chunks(), { objectMode: false })
}
