import { z } from 'zod'
import type { Migration, Storage } from '../../storage/storage.ts'

export const checkpointMigration: Migration = {
  name: 'checkpoints-1',
  sql: `CREATE TABLE checkpoints (
      id TEXT PRIMARY KEY,
      sandbox TEXT NOT NULL,
      name TEXT,
      state TEXT NOT NULL,
      createdAt INTEGER NOT NULL,
      UNIQUE (sandbox, name)
    ) STRICT;
    ALTER TABLE sandboxes ADD COLUMN forkOf TEXT;
    ALTER TABLE sandboxes ADD COLUMN rollback TEXT;
    ALTER TABLE sandboxes ADD COLUMN pausedAt INTEGER`,
}

/** A row is there before its first volume, and until after its last. */
export type KeptCheckpoint = z.infer<typeof Row>
const Row = z.object({
  id: z.string(),
  sandbox: z.string(),
  /** Null for one that is made for a fork and goes with it. */
  name: z.string().nullable(),
  /** `half`: on its way to be there, or to be gone. */
  state: z.enum(['half', 'kept']),
  createdAt: z.int(),
})

export interface CheckpointStore {
  insert(checkpoint: KeptCheckpoint): void
  /** Newest first, half ones and unnamed ones too. */
  list(sandbox: string): readonly KeptCheckpoint[]
  setState(id: string, state: KeptCheckpoint['state']): void
  remove(id: string): void
  /** Its sandbox has ended, and its volumes with it. */
  forget(sandbox: string): void
}

export function createCheckpointStore({ sqlite }: Storage): CheckpointStore {
  const insert = sqlite.prepare(
    'INSERT INTO checkpoints (id, sandbox, name, state, createdAt) VALUES (?, ?, ?, ?, ?)',
  )
  const list = sqlite.prepare(
    'SELECT * FROM checkpoints WHERE sandbox = ? ORDER BY createdAt DESC, rowid DESC',
  )
  const setState = sqlite.prepare('UPDATE checkpoints SET state = ? WHERE id = ?')
  const remove = sqlite.prepare('DELETE FROM checkpoints WHERE id = ?')
  const forget = sqlite.prepare('DELETE FROM checkpoints WHERE sandbox = ?')

  return {
    insert: ({ id, sandbox, name, state, createdAt }) =>
      void insert.run(id, sandbox, name, state, createdAt),
    list: (sandbox) => z.array(Row).parse(list.all(sandbox)),
    setState: (id, state) => void setState.run(state, id),
    remove: (id) => void remove.run(id),
    forget: (sandbox) => void forget.run(sandbox),
  }
}
