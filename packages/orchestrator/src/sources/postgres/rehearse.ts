import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DatabaseError } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Rehearsal } from '../sources.ts'
import { quoteColumns, quoteIdentifier, quoteTable } from './identifiers.ts'
import type { Session } from './session.ts'

/**
 * Puts some masked rows where the table’s types and domains hold, and asks each check about them.
 * Nothing of it stays. Returns the names of the checks that some row breaks.
 */
export async function rehearseRows(session: Session, rehearsal: Rehearsal): Promise<string[]> {
  await session.client.query('BEGIN')
  try {
    await fill(session, rehearsal)
    const broken: string[] = []
    for (const check of rehearsal.checks)
      if (await isBroken(session, check.expression)) broken.push(check.name)
    return broken
  } finally {
    await session.client.query('ROLLBACK')
  }
}

async function fill(session: Session, { table, columns, rows }: Rehearsal): Promise<void> {
  await session.client.query(
    `CREATE TEMPORARY TABLE rehearsal (LIKE ${quoteTable(table)} INCLUDING GENERATED) ON COMMIT DROP`,
  )
  await forgive(session, columns)
  const copy = copyFrom(`COPY pg_temp.rehearsal (${quoteColumns(columns)}) FROM STDIN`)
  await pipeline(Readable.from([rows]), session.client.query(copy))
}

/** What is not copied is filled by a trigger of the real table. */
async function forgive(session: Session, columns: readonly string[]): Promise<void> {
  const rows = await session.rows<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'pg_temp.rehearsal'::regclass
        AND attnum > 0 AND attnotnull AND attgenerated = '' AND attname <> ALL($1)`,
    [columns],
  )
  for (const { name } of rows)
    await session.client.query(
      `ALTER TABLE pg_temp.rehearsal ALTER COLUMN ${quoteIdentifier(name)} DROP NOT NULL`,
    )
}

/** A check holds unless it is false. One that needs what is made later cannot be asked yet. */
async function isBroken(session: Session, expression: string): Promise<boolean> {
  await session.client.query('SAVEPOINT one')
  try {
    const [row] = await session.rows<{ broken: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_temp.rehearsal WHERE NOT (${expression})) AS broken`,
    )
    return row?.broken === true
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || !cause.code?.startsWith('42')) throw cause
    await session.client.query('ROLLBACK TO SAVEPOINT one')
    return false
  }
}
