import { SourceKind } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Migration, Storage } from '../storage/storage.ts'
import { Manifest, Signature } from './manifest.ts'
import type { Builds } from './refresh-due.ts'

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
  {
    name: 'snapshots-2',
    sql: `CREATE TABLE refresh_failures (
      origin TEXT NOT NULL,
      source TEXT NOT NULL,
      failures INTEGER NOT NULL,
      failedAt INTEGER NOT NULL,
      code TEXT NOT NULL,
      PRIMARY KEY (origin, source)
    ) STRICT`,
  },
  {
    name: 'snapshots-3',
    sql: `ALTER TABLE snapshots ADD COLUMN kind TEXT NOT NULL DEFAULT 'postgres'`,
  },
  // The recorder keeps them.
  { name: 'snapshots-4', sql: 'DROP TABLE snapshot_events' },
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
  kind: SourceKind,
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

export type SnapshotEventType = 'building' | 'sealed' | 'failed' | 'removed'

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
  /** Newest first. */
  sealed(origin: string, source: string): SnapshotRow[]
  /** A rebuild that was due has failed. Forgotten when a snapshot of the source is sealed. */
  refreshFailed(origin: string, source: string, code: string): void
  builds(origin: string, source: string): Builds & { readonly code: string | undefined }
}

const Failure = z.object({ failures: z.int(), failedAt: z.int(), code: z.string() }).optional()

/** Called in the transaction of the change. */
export type OnSnapshotEvent = (id: string, type: SnapshotEventType) => void

export function createSnapshotStore(
  storage: Storage,
  clock: () => number,
  onEvent: OnSnapshotEvent = () => {},
): SnapshotStore {
  const { sqlite } = storage
  const insert = sqlite.prepare(
    `INSERT INTO snapshots (id, origin, source, kind, state, version, image, database, startedAt)
     VALUES (:id, :origin, :source, :kind, 'building', :version, :image, :database, :startedAt)`,
  )
  const update = sqlite.prepare('UPDATE snapshots SET state = ? WHERE id = ?')
  const seal = sqlite.prepare(`UPDATE snapshots SET state = 'sealed', sealed = ? WHERE id = ?`)
  const remove = sqlite.prepare('DELETE FROM snapshots WHERE id = ?')
  const byId = sqlite.prepare('SELECT * FROM snapshots WHERE id = ?')
  const all = sqlite.prepare('SELECT * FROM snapshots ORDER BY startedAt DESC, rowid DESC')
  const sealedOf = sqlite.prepare(
    `SELECT * FROM snapshots WHERE origin = ? AND source = ? AND state = 'sealed'
     ORDER BY startedAt DESC, rowid DESC`,
  )
  const failed = sqlite.prepare(
    `INSERT INTO refresh_failures (origin, source, failures, failedAt, code) VALUES (:origin, :source, 1, :at, :code)
     ON CONFLICT DO UPDATE SET failures = failures + 1, failedAt = :at, code = :code`,
  )
  const failure = sqlite.prepare(
    'SELECT failures, failedAt, code FROM refresh_failures WHERE origin = ? AND source = ?',
  )
  const forget = sqlite.prepare(
    `DELETE FROM refresh_failures WHERE (origin, source) = (SELECT origin, source FROM snapshots WHERE id = ?)`,
  )
  const change = (id: string, type: SnapshotEventType, work: () => void) =>
    storage.transaction(() => {
      work()
      onEvent(id, type)
    })

  return {
    insert: (row) => change(row.id, 'building', () => insert.run({ ...row })),
    seal: (id, sealed) =>
      change(id, 'sealed', () => {
        seal.run(JSON.stringify(sealed), id)
        forget.run(id)
      }),
    fail: (id) => change(id, 'failed', () => update.run('failed', id)),
    restore: (id) => change(id, 'sealed', () => update.run('sealed', id)),
    delete: (id) => change(id, 'removed', () => remove.run(id)),
    get: (id) => Row.optional().parse(byId.get(id)),
    list: () => z.array(Row).parse(all.all()),
    newest: (origin, source) => Row.optional().parse(sealedOf.get(origin, source)),
    sealed: (origin, source) => z.array(Row).parse(sealedOf.all(origin, source)),
    refreshFailed: (origin, source, code) => void failed.run({ origin, source, code, at: clock() }),
    builds(origin, source) {
      const row = Row.optional().parse(sealedOf.get(origin, source))
      const { failures = 0, failedAt, code } = Failure.parse(failure.get(origin, source)) ?? {}
      return { newestStartedAt: row?.startedAt, failures, failedAt, code }
    },
  }
}
