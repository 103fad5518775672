import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Rows of every table, in a copy: the orchestrator holds its journal for itself. */
export async function journalRows(directory: string): Promise<Readonly<Record<string, number>>> {
  await using cleanup = new AsyncDisposableStack()
  const copy = await mkdtemp(join(tmpdir(), 'stuntdouble-bench-'))
  cleanup.defer(() => rm(copy, { recursive: true }))
  for (const name of ['journal.db', 'journal.db-wal']) {
    await copyFile(join(directory, name), join(copy, name))
  }
  const sqlite = new DatabaseSync(join(copy, 'journal.db'))
  cleanup.defer(() => sqlite.close())
  const tables = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  return Object.fromEntries(
    tables.map(({ name }) => {
      const { count } = sqlite.prepare(`SELECT count(*) AS count FROM "${name}"`).get() ?? {}
      return [String(name), Number(count)]
    }),
  )
}
