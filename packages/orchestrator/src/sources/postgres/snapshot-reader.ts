import { type ClientConfig, DatabaseError } from 'pg'
import { createSessionPool, type SessionPool, untilAborted } from '../session-pool.ts'
import type { OpenRequest } from '../sources.ts'
import { checkVersion } from './preflight.ts'
import { connect, type Session } from './session.ts'
import type { SourceUrl } from './source-url.ts'

/** The connections of one source, all on one exported snapshot of it. */
export interface SnapshotReader extends AsyncDisposable {
  readonly version: number
  /** Holds the snapshot; catalogs are read here. */
  readonly primary: Session
  /** For the rows. */
  readonly pool: SessionPool<Session>
}

const usualWorkers = 2

/**
 * Output that reads back exactly, whatever the server’s settings; no name but a qualified one; a
 * row that a policy hides is an error. Local to the transaction, so that a pooler cannot mix them up.
 */
const settings: Readonly<Record<string, string>> = {
  search_path: '',
  row_security: 'off',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '3',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  standard_conforming_strings: 'on',
  quote_all_identifiers: 'off',
  synchronize_seqscans: 'off',
  statement_timeout: '0',
  lock_timeout: '30s',
  idle_in_transaction_session_timeout: '0',
}

export async function openSnapshotReader(
  { name, connections = usualWorkers }: Pick<OpenRequest, 'name' | 'connections'>,
  url: SourceUrl,
  signal: AbortSignal,
): Promise<SnapshotReader> {
  const { session: primary, config } = await connectFirst(url, signal)
  try {
    return await untilAborted(primary, signal, async () => {
      checkVersion(name, await majorVersion(primary))
      return start(primary, config, connections)
    })
  } catch (cause) {
    await primary[Symbol.asyncDispose]()
    throw cause
  }
}

/** Later connections repeat the way that worked for the first. */
async function connectFirst(url: SourceUrl, signal: AbortSignal) {
  let failure: unknown
  for (const ssl of url.tls) {
    const config = { ...url.config, ssl }
    try {
      return { session: await connect(config, signal), config }
    } catch (cause) {
      failure = cause
      if (!String((cause as Error).message).includes('does not support SSL')) throw cause
    }
  }
  throw failure
}

async function start(
  primary: Session,
  config: ClientConfig,
  workers: number,
): Promise<SnapshotReader> {
  const version = await majorVersion(primary)
  const encoding = await clientEncoding(primary)
  await begin(primary, encoding)
  const snapshot = await exportSnapshot(primary, encoding)

  const pool =
    snapshot === null
      ? createSessionPool(1, async () => primary)
      : createSessionPool(workers, (signal) => openWorker(config, { snapshot, encoding }, signal))
  return {
    version,
    primary,
    pool,
    [Symbol.asyncDispose]: async () => {
      await pool[Symbol.asyncDispose]()
      await primary[Symbol.asyncDispose]()
    },
  }
}

async function majorVersion(session: Session): Promise<number> {
  const [row] = await session.rows<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  )
  return row?.version ?? 0
}

/** A server without an encoding converts nothing: its bytes are passed as they are. */
async function clientEncoding(session: Session): Promise<string> {
  const [row] = await session.rows<{ encoding: string }>(
    "SELECT current_setting('server_encoding') AS encoding",
  )
  return row?.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8'
}

async function begin(session: Session, encoding: string, snapshot?: string): Promise<void> {
  await session.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  if (snapshot !== undefined) {
    await session.client.query(`SET TRANSACTION SNAPSHOT '${snapshot}'`)
  }
  const all = Object.entries({ ...settings, client_encoding: encoding })
  await session.client.query(
    all.map(([setting, value]) => `SET LOCAL ${setting} = '${value}'`).join('; '),
  )
}

/** Null where the server cannot: then one connection does it all, in a transaction begun anew. */
async function exportSnapshot(session: Session, encoding: string): Promise<string | null> {
  try {
    const [row] = await session.rows<{ snapshot: string }>(
      'SELECT pg_export_snapshot() AS snapshot',
    )
    const snapshot = row?.snapshot ?? ''
    if (/^[0-9A-Fa-f-]+$/.test(snapshot)) return snapshot
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause
  }
  await session.client.query('ROLLBACK')
  await begin(session, encoding)
  return null
}

async function openWorker(
  config: ClientConfig,
  { snapshot, encoding }: { readonly snapshot: string; readonly encoding: string },
  signal: AbortSignal,
): Promise<Session> {
  const session = await connect(config, signal)
  try {
    await untilAborted(session, signal, () => begin(session, encoding, snapshot))
    return session
  } catch (cause) {
    await session[Symbol.asyncDispose]()
    throw cause
  }
}
