import { createHash } from 'node:crypto'
import { canonicalJson } from '@stuntdouble/sdk/canonical-json'
import { z } from 'zod'
import type { Migration, Storage } from '../storage/storage.ts'

/** Which sandbox was made for which key of a client. Neither the key nor the request is kept, but their digests. */
export interface IdempotencyKeys {
  get(key: string): KnownKey | undefined
  /** Joins the caller’s transaction. In place of what the key led to before. */
  save(key: string, known: KnownKey): void
  /** Drops those from before a moment. */
  forget(before: number): void
}

export interface KnownKey {
  readonly digest: string
  readonly sandbox: string
  readonly at: number
}

export const keyLivesMs = 24 * 3_600_000

export const idempotencyMigrations: readonly Migration[] = [
  {
    name: 'sandboxes-idempotency',
    sql: `CREATE TABLE idempotency (
      key TEXT PRIMARY KEY,
      digest TEXT NOT NULL,
      sandbox TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT`,
  },
]

const Row = z.object({ digest: z.string(), sandbox: z.string(), at: z.int() })

export function createIdempotencyKeys({ sqlite }: Storage): IdempotencyKeys {
  const byKey = sqlite.prepare('SELECT digest, sandbox, at FROM idempotency WHERE key = ?')
  const save = sqlite.prepare(
    'INSERT OR REPLACE INTO idempotency (key, digest, sandbox, at) VALUES (?, ?, ?, ?)',
  )
  const forget = sqlite.prepare('DELETE FROM idempotency WHERE at < ?')
  return {
    get: (key) => Row.optional().parse(byKey.get(sha256(key))),
    save: (key, { digest, sandbox, at }) => void save.run(sha256(key), digest, sandbox, at),
    forget: (before) => void forget.run(before),
  }
}

/** The same for requests that say the same. */
export const digestOf = (request: unknown) => sha256(canonicalJson(request))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
