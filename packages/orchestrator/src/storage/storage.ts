import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SandboxError } from '@stuntdouble/sdk/errors'

export { takeLockFile } from './lock-file.ts'

/** A capability's tables. Numbers are per capability, applied in order, never changed once released. */
export interface Migration {
  readonly name: string
  readonly sql: string
}

/** The embedded store. One writer: the process that opened it. */
export interface Storage extends Disposable {
  readonly sqlite: DatabaseSync
  /** All or nothing. Nested calls join the outer one. */
  transaction<Result>(work: () => Result): Result
}

/**
 * Opens or makes the store at `path` (`:memory:` for tests) and brings its tables up to date.
 * Its lock is held until disposal: a second process gets `conflict` after `lockWaitMs`.
 */
export function openStorage(
  path: string,
  migrations: readonly Migration[],
  lockWaitMs = 5_000,
): Storage {
  const sqlite = new DatabaseSync(path)
  if (path !== ':memory:') chmodSync(path, 0o600)
  takeLock(sqlite, path, lockWaitMs)
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  migrate(sqlite, migrations)

  return {
    sqlite,
    transaction: (work) => transaction(sqlite, work),
    [Symbol.dispose]: () => sqlite.close(),
  }
}

function takeLock(sqlite: DatabaseSync, path: string, waitMs: number): void {
  sqlite.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA locking_mode = EXCLUSIVE`)
  try {
    sqlite.exec('BEGIN IMMEDIATE; COMMIT')
  } catch (cause) {
    sqlite.close()
    throw new SandboxError('conflict', `Another orchestrator is using ${path}.`, {
      hint: 'Use that one, or give this one a state directory of its own with XDG_STATE_HOME.',
      cause,
    })
  }
}

function migrate(sqlite: DatabaseSync, migrations: readonly Migration[]): void {
  sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT')
  const done = new Set(
    sqlite
      .prepare('SELECT name FROM migrations')
      .all()
      .map((row) => row.name),
  )
  const record = sqlite.prepare('INSERT INTO migrations (name) VALUES (?)')
  for (const { name, sql } of migrations.filter((migration) => !done.has(migration.name))) {
    transaction(sqlite, () => {
      sqlite.exec(sql)
      record.run(name)
    })
  }
}

function transaction<Result>(sqlite: DatabaseSync, work: () => Result): Result {
  if (sqlite.isTransaction) return work()
  sqlite.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    sqlite.exec('COMMIT')
    return result
  } catch (cause) {
    sqlite.exec('ROLLBACK')
    throw cause
  }
}
