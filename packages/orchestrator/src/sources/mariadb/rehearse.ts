import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Rehearsal, TableCheck } from '../sources.ts'
import { quoteTable, tableName } from './identifiers.ts'
import { loadFeed } from './load-feed.ts'
import { loadRows, loadSql } from './load-rows.ts'
import type { Session } from './session.ts'

/**
 * Puts some masked rows into the table itself, where its types, primary key and partitions hold, asks
 * each check about them, and takes them back. Returns the names of the checks that some row breaks.
 */
export async function rehearseRows(session: Session, rehearsal: Rehearsal): Promise<string[]> {
  const { table, columns, checks } = rehearsal
  const doing = `rehearsing ${tableName(table)}`
  const load = { sql: await loadSql(session, { table, columns }), columns, doing }
  await session.run('SET check_constraint_checks = 0')
  await session.run('START TRANSACTION')
  try {
    const feed = loadFeed()
    const [taken, fed] = await Promise.allSettled([
      loadRows(session, load, feed),
      pipeline(Readable.from([rehearsal.rows]), feed, { end: true }),
    ])
    if (taken.status === 'rejected') throw taken.reason
    if (fed.status === 'rejected') throw fed.reason
    const broken: string[] = []
    for (const check of checks) if (await isBroken(session, check)) broken.push(check.name)
    return broken
  } finally {
    if (!session.broken) {
      await session.run('ROLLBACK')
      await session.run('SET check_constraint_checks = 1')
    }
  }
}

/** A check holds unless it is false. */
async function isBroken(session: Session, { table, expression }: TableCheck): Promise<boolean> {
  const [row] = await session.rows<{ broken: string }>(
    `SELECT EXISTS (SELECT 1 FROM ${quoteTable(table)} WHERE NOT (${expression})) AS broken`,
  )
  return row?.broken === '1'
}
