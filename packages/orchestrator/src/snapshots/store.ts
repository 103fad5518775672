import { z } from 'zod'
import type { Migration, Storage } from '../storage/storage.ts'
import { Manifest, Signature } from './manifest.ts'

export const snapshotMigrations: readonly Migration[] = [
  {
    name: 'snapshots-1',
    sql: `CREATE TABLE snapshots (
      id TEXT PRIMARY KEY,
      origin TEXT NOT NULL,
      source TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('building', 'sealed', 'failed')),
      version INTEGER NOT NULL,
      image TEXT NOT NULL,
      database TEXT NOT NULL,
      startedAt INTEGER NOT NULL,
      sealed TEXT,
      CHECK (state <> 'sealed' OR sealed IS NOT NULL)
    ) STRICT;
    CREATE INDEX snapshots_by_source ON snapshots (origin, source, state);
    CREATE TABLE snapshot_events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      snapshot TEXT NOT NULL,
      type TEXT NOT NULL
    ) STRICT`,
  },
]

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text) => schema.parse(JSON.parse(text)))

const Sealed = z.object({
  manifest: Manifest,
  signature: Signature,
  /** Of the sandbox's role in every clone. */
  credentials: z.object({ user: z.string(), password: z.string(), database: z.string() }),
})
export type Sealed = z.infer<typeof Sealed>

const Row = z.object({
  id: z.string(),
  origin: z.string(),
  source: z.string(),
  state: z.enum(['building', 'sealed', 'failed']),
  version: z.int(),
  image: z.string(),
  database: z.string(),
  startedAt: z.int(),
  sealed: json(Sealed).nullable(),
})
/** `failed` is a build, or a snapshot being removed, whose remains are still to be cleared away. */
export type SnapshotRow = z.infer<typeof Row>
export type NewSnapshotRow = Omit<SnapshotRow, 'state' | 'sealed'>

type EventType = 'building' | 'sealed' | 'failed' | 'removed'

/** Rows of the snapshots' journal. Each change and its event are one transaction. */
export interface SnapshotStore {
  insert(row: NewSnapshotRow): void
  seal(id: string, sealed: Sealed): void
  /** Out of reach from now on; what it left is to be cleared away. */
  fail(id: string): void
  /** A removal that was refused. */
  restore(id: string): void
  delete(id: string): void
  get(id: string): SnapshotRow | undefined
  /** Newest first. */
  list(): SnapshotRow[]
  newest(origin: string, source: string): SnapshotRow | undefined
}

export function createSnapshotStore(storage: Storage, clock: () => number): SnapshotStore {
  const { sqlite } = storage
  const event = sqlite.prepare('INSERT INTO snapshot_events (at, snapshot, type) VALUES (?, ?, ?)')
  const insert = sqlite.prepare(
    `INSERT INTO snapshots (id, origin, source, state, version, image, database, startedAt)
     VALUES (:id, :origin, :source, 'building', :version, :image, :database, :startedAt)`,
  )
  const update = sqlite.prepare('UPDATE snapshots SET state = ? WHERE id = ?')
  const seal = sqlite.prepare(`UPDATE snapshots SET state = 'sealed', sealed = ? WHERE id = ?`)
  const remove = sqlite.prepare('DELETE FROM snapshots WHERE id = ?')
  const byId = sqlite.prepare('SELECT * FROM snapshots WHERE id = ?')
  const all = sqlite.prepare('SELECT * FROM snapshots ORDER BY startedAt DESC, rowid DESC')
  const newest = sqlite.prepare(
    `SELECT * FROM snapshots WHERE origin = ? AND source = ? AND state = 'sealed'
     ORDER BY startedAt DESC, rowid DESC LIMIT 1`,
  )
  const change = (id: string, type: EventType, work: () => void) =>
    storage.transaction(() => {
      work()
      event.run(clock(), id, type)
    })

  return {
    insert: (row) => change(row.id, 'building', () => insert.run({ ...row })),
    seal: (id, sealed) => change(id, 'sealed', () => seal.run(JSON.stringify(sealed), id)),
    fail: (id) => change(id, 'failed', () => update.run('failed', id)),
    restore: (id) => change(id, 'sealed', () => update.run('sealed', id)),
    delete: (id) => change(id, 'removed', () => remove.run(id)),
    get: (id) => Row.optional().parse(byId.get(id)),
    list: () => z.array(Row).parse(all.all()),
    newest: (origin, source) => Row.optional().parse(newest.get(origin, source)),
  }
}
