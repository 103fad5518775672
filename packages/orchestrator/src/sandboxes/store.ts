import {
  Blueprint,
  EndReason,
  Problem,
  Receipt,
  ResourceKind,
  SandboxState,
  ServerKind,
} from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Migration, Storage } from '../storage/storage.ts'
import { checkpointMigration } from './checkpoints/store.ts'
import type { Sandbox } from './sandbox.ts'

export const sandboxMigrations: readonly Migration[] = [
  {
    name: 'sandboxes-1',
    sql: `CREATE TABLE sandboxes (
      id TEXT PRIMARY KEY,
      state TEXT NOT NULL,
      blueprint TEXT NOT NULL,
      databases TEXT NOT NULL,
      workspace TEXT,
      createdAt INTEGER NOT NULL,
      expiresAt INTEGER NOT NULL,
      idleMs INTEGER NOT NULL,
      activeAt INTEGER NOT NULL,
      endReason TEXT,
      endedAt INTEGER,
      problem TEXT,
      inventory TEXT NOT NULL DEFAULT '[]',
      receipt TEXT
    ) STRICT;
    CREATE INDEX sandboxes_by_state ON sandboxes (state)`,
  },
  {
    name: 'sandboxes-2',
    sql: `ALTER TABLE sandboxes ADD COLUMN files TEXT NOT NULL DEFAULT '[]'`,
  },
  {
    name: 'sandboxes-ends',
    sql: `ALTER TABLE sandboxes ADD COLUMN warnedOf INTEGER;
    ALTER TABLE sandboxes ADD COLUMN preStopAt INTEGER`,
  },
  checkpointMigration,
  {
    name: 'sandboxes-pool',
    sql: `ALTER TABLE sandboxes ADD COLUMN pool TEXT;
    ALTER TABLE sandboxes ADD COLUMN memoryBytes INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX sandboxes_by_pool ON sandboxes (pool) WHERE pool IS NOT NULL`,
  },
]

export interface SandboxStore {
  insert(sandbox: Sandbox): void
  get(id: string): Sandbox | undefined
  /** Newest first. */
  list(query: { readonly ended: boolean }): Sandbox[]
  update(id: string, change: Partial<Omit<Sandbox, 'id'>>): void
  /** Of all that are remembered. */
  ids(): readonly string[]
  /** Those that ended before a moment. */
  endedBefore(at: number): readonly string[]
  remove(id: string): void
  saveReceipt(receipt: Receipt): void
  receipt(id: string): Receipt | undefined
  /** The moment only ever moves forward. */
  touch(id: string, at: number): void
}

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text) => schema.parse(JSON.parse(text)))

const Database = z.object({
  name: z.string(),
  kind: ServerKind.default('postgres'),
  snapshot: z.string(),
  source: z.string(),
  image: z.string(),
  sealedVolume: z.string(),
  port: z.int(),
  credentials: z.object({ user: z.string(), password: z.string(), database: z.string() }),
  url: z.string(),
})
const Files = z.object({
  name: z.string(),
  snapshot: z.string(),
  source: z.string(),
  sealedVolume: z.string(),
  path: z.string(),
})
const Item = z.object({
  kind: ResourceKind.exclude(['capability']),
  id: z.string(),
  name: z.string(),
})

const Id = z.object({ id: z.string() })

const Row = z.object({
  id: z.string(),
  state: SandboxState.exclude(['paused', 'rolling_back']),
  blueprint: json(Blueprint),
  databases: json(z.array(Database)),
  files: json(z.array(Files)),
  workspace: z.string().nullable(),
  createdAt: z.int(),
  expiresAt: z.int(),
  idleMs: z.int(),
  activeAt: z.int(),
  endReason: EndReason.nullable(),
  endedAt: z.int().nullable(),
  warnedOf: z.int().nullable(),
  preStopAt: z.int().nullable(),
  problem: json(Problem).nullable(),
  forkOf: z.string().nullable(),
  rollback: z.string().nullable(),
  pausedAt: z.int().nullable(),
  inventory: json(z.array(Item)),
  pool: z.string().nullable(),
  memoryBytes: z.int(),
})

type Column = string | number | null

const columnOf = (value: unknown): Column =>
  value !== null && typeof value === 'object' ? JSON.stringify(value) : (value as Column)

export function createSandboxStore({ sqlite }: Storage): SandboxStore {
  const fields = Object.keys(Row.shape)
  const selected = `SELECT ${fields.join(', ')} FROM sandboxes`
  const insert = sqlite.prepare(
    `INSERT INTO sandboxes (${fields.join(', ')}) VALUES (${fields.map((field) => `:${field}`).join(', ')})`,
  )
  const byId = sqlite.prepare(`${selected} WHERE id = ?`)
  const living = sqlite.prepare(`${selected} WHERE state <> 'ended' ORDER BY createdAt DESC, id`)
  const every = sqlite.prepare(`${selected} ORDER BY createdAt DESC, id`)
  const ids = sqlite.prepare('SELECT id FROM sandboxes')
  const endedBefore = sqlite.prepare(
    `SELECT id FROM sandboxes WHERE state = 'ended' AND endedAt < ?`,
  )
  const remove = sqlite.prepare('DELETE FROM sandboxes WHERE id = ?')
  const setReceipt = sqlite.prepare('UPDATE sandboxes SET receipt = ? WHERE id = ?')
  const getReceipt = sqlite.prepare(
    'SELECT receipt FROM sandboxes WHERE id = ? AND receipt IS NOT NULL',
  )
  const touch = sqlite.prepare('UPDATE sandboxes SET activeAt = max(activeAt, ?) WHERE id = ?')

  return {
    insert: (sandbox) => void insert.run(mapColumns(sandbox)),
    get: (id) => Row.optional().parse(byId.get(id)),
    list: ({ ended }) => z.array(Row).parse((ended ? every : living).all()),
    update(id, change) {
      const assignments = Object.keys(change).map((field) => `${field} = :${field}`)
      sqlite
        .prepare(`UPDATE sandboxes SET ${assignments.join(', ')} WHERE id = :id`)
        .run({ ...mapColumns(change), id })
    },
    ids: () =>
      z
        .array(Id)
        .parse(ids.all())
        .map(({ id }) => id),
    endedBefore: (at) =>
      z
        .array(Id)
        .parse(endedBefore.all(at))
        .map(({ id }) => id),
    remove: (id) => void remove.run(id),
    saveReceipt: (receipt) => void setReceipt.run(JSON.stringify(receipt), receipt.id),
    receipt(id) {
      const row = z
        .object({ receipt: json(Receipt) })
        .optional()
        .parse(getReceipt.get(id))
      return row?.receipt
    },
    touch: (id, at) => void touch.run(at, id),
  }
}

/** As SQLite takes them, each under its field’s name. */
export function mapColumns(values: object): Record<string, Column> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, columnOf(value)]))
}
