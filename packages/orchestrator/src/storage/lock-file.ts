import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * A lock between processes, at a path that nothing else uses; undefined while another process has it.
 * It goes with the process that took it, however that ends. Waits at most `waitMs`, and everything of
 * this process with it.
 */
export function takeLockFile(path: string, waitMs = 0): Disposable | undefined {
  const file = new DatabaseSync(path)
  try {
    chmodSync(path, 0o600)
    file.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA locking_mode = EXCLUSIVE`)
    file.exec('BEGIN IMMEDIATE; COMMIT')
    return { [Symbol.dispose]: () => file.close() }
  } catch (cause) {
    file.close()
    if (isBusy(cause)) return undefined
    throw cause
  }
}

/** SQLITE_BUSY of sqlite3.h. */
const isBusy = (cause: unknown) => (cause as { errcode?: number }).errcode === 5
