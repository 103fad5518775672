import { z } from 'zod'
import type { Migration, Storage } from '../../storage/storage.ts'

/** What an E2B client said of a sandbox that is nothing of ours. */
export interface Note {
  readonly template: string
  readonly metadata: Readonly<Record<string, string>>
  /** For every process that is started through this face. */
  readonly env: Readonly<Record<string, string>>
}

/** Kept for as long as the sandbox, across restarts. */
export interface Notes {
  put(sandbox: string, note: Note): void
  get(sandbox: string): Note | undefined
  forget(sandbox: string): void
  /** Forgets every other. */
  keep(sandboxes: readonly string[]): void
}

export const e2bMigrations: readonly Migration[] = [
  {
    name: 'e2b-1',
    sql: `CREATE TABLE e2bNotes (
      sandbox TEXT PRIMARY KEY,
      note TEXT NOT NULL
    ) STRICT`,
  },
]

const Texts = z.record(z.string(), z.string())
const Stored = z.object({ template: z.string(), metadata: Texts, env: Texts })
const Row = z.object({ note: z.string() })
const Ids = z.array(z.object({ sandbox: z.string() }))

export function createNotes({ sqlite }: Storage): Notes {
  const insert = sqlite.prepare('INSERT OR REPLACE INTO e2bNotes (sandbox, note) VALUES (?, ?)')
  const select = sqlite.prepare('SELECT note FROM e2bNotes WHERE sandbox = ?')
  const remove = sqlite.prepare('DELETE FROM e2bNotes WHERE sandbox = ?')
  const all = sqlite.prepare('SELECT sandbox FROM e2bNotes')

  return {
    put: (sandbox, note) => void insert.run(sandbox, JSON.stringify(note)),
    get(sandbox) {
      const row = Row.optional().parse(select.get(sandbox))
      return row && Stored.parse(JSON.parse(row.note))
    },
    forget: (sandbox) => void remove.run(sandbox),
    keep(sandboxes) {
      const kept = new Set(sandboxes)
      for (const { sandbox } of Ids.parse(all.all())) if (!kept.has(sandbox)) remove.run(sandbox)
    },
  }
}
