import { untilAborted } from '../session-pool.ts'
import { sourceRefused } from './errors.ts'
import { connect, type Session, withoutFiles } from './session.ts'
import type { SourceUrl } from './source-url.ts'

export interface SnapshotSession {
  readonly session: Session
  /** The major version. */
  readonly version: number
}

/** A connection whose one transaction may only read, and sees one moment of every InnoDB table. */
export async function openSnapshot(
  name: string,
  url: SourceUrl,
  signal: AbortSignal,
): Promise<SnapshotSession> {
  const session = await connectFirst(url, signal)
  try {
    const version = await untilAborted(session, signal, () => begin(name, session))
    return { session, version }
  } catch (cause) {
    await session[Symbol.asyncDispose]()
    throw cause
  }
}

async function connectFirst({ options, tls }: SourceUrl, signal: AbortSignal): Promise<Session> {
  let failure: unknown
  for (const ssl of tls) {
    const encrypted = ssl === false ? {} : { ssl }
    try {
      return await connect({ ...options, ...encrypted, ...withoutFiles }, signal)
    } catch (cause) {
      failure = cause
      if ((cause as { code?: unknown }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') throw cause
    }
  }
  throw failure
}

/**
 * Output that reads back exactly, whatever the server’s settings: names and text in UTF-8, moments in
 * UTC, no mode that reads SQL otherwise. A reader that waits for the copy is not cut off.
 */
const settings = `SET SESSION sql_mode = '', time_zone = '+00:00', character_set_results = utf8mb4,
  sql_quote_show_create = 1, sql_select_limit = DEFAULT, group_concat_max_len = 1048576,
  max_statement_time = 0, lock_wait_timeout = 30, net_write_timeout = 3600, net_read_timeout = 3600,
  wait_timeout = 28800, idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0`

async function begin(name: string, session: Session): Promise<number> {
  const [row] = await session.rows<{ version: string }>('SELECT VERSION() AS version')
  const version = checkVersion(name, row?.version ?? '')
  await session.run(settings)
  await session.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  return version
}

const oldest = 10.06
const newest = 10.11

function checkVersion(name: string, text: string): number {
  const [, major = '0', minor = '0'] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(text) ?? []
  const number = Number(major) + Number(minor) / 100
  if (/mariadb/i.test(text) && number >= oldest && number <= newest) return Number(major)
  const what = /mariadb/i.test(text) ? 'MariaDB' : 'MySQL'
  throw sourceRefused(
    name,
    `the server is ${what} ${major}.${minor}.`,
    'MariaDB 10.6 to 10.11 can be copied: what a newer server holds, the image of a sandbox might not.',
  )
}
