import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { z } from 'zod'
import type { Clock } from '../lib/clock.ts'
import { newSecret } from '../lib/ids.ts'
import type { Migration, Storage } from '../storage/storage.ts'
import { rememberRows } from './remembered-rows.ts'

/** The 256-bit tokens that open one sandbox each. Only their SHA-256 is kept. */
export interface Capabilities {
  /** The only time the token is seen. It opens nothing after `expiresAt` (epoch milliseconds). */
  issue(sandbox: string, expiresAt: number): string
  /**
   * The sandbox a token opens. Throws `unauthorized`, also when it is not the `expected` one; a
   * revoked or expired token is `sandbox_gone`, which names its sandbox: the token does as well.
   */
  verify(token: string, expected?: string): string
  /**
   * What opens one thing of the sandbox alone, such as a preview, for as long as the token opens all of
   * it: fit for a cookie or a link. What was narrowed to `ownPage` can be narrowed again, nothing else.
   * Throws as `verify` does.
   */
  narrow(token: string, purpose: string): string
  /** Throws as `verify` does, also for what is good for another sandbox or purpose. */
  verifyNarrowed(narrowed: string, sandbox: string, purpose: string): void
  /** Extends those that live as long as the sandbox does. */
  prolong(sandbox: string, from: number, to: number): void
  /** Keeps one open until `expiresAt` at least. Throws as `verify` does. */
  renew(sandbox: string, token: string, expiresAt: number): void
  /** Forgets one; content when there is none. */
  revoke(sandbox: string, token: string): void
  revokeAll(sandbox: string): void
  /** From then on those of a sandbox are as if they had never been. */
  forgetAll(sandbox: string): void
  /** Those issued for a sandbox; `open` when it would still be let in. `id` is not the token. */
  list(sandbox: string): { readonly id: string; readonly open: boolean }[]
}

export const capabilityMigrations: readonly Migration[] = [
  {
    name: 'capabilities-1',
    sql: `CREATE TABLE capabilities (
      hash TEXT PRIMARY KEY,
      sandbox TEXT NOT NULL,
      expiresAt INTEGER NOT NULL,
      revoked INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX capabilities_by_sandbox ON capabilities (sandbox)`,
  },
]

const Row = z.object({
  hash: z.string(),
  sandbox: z.string(),
  expiresAt: z.int(),
  revoked: z.int(),
})
type Row = z.infer<typeof Row>

const form = /^sd_(sb[a-z0-9]{12})_[0-9a-zA-Z_-]{43}$/
/** `sp_`, the id of the token it is made of, and a MAC under that token’s hash. */
const narrowedForm = /^sp_([0-9a-f]{16})_([0-9a-f]{64})$/

/** What opens all of a sandbox to a browser that has shown its token once. */
export const ownPage = 'page'

/** What opens every preview of a sandbox to a program, and nothing else of it. */
export const everyPreview = 'previews'

/** Whether a text is a token or a narrowed one: nobody but us is to see it. */
export const isOurToken = (text: string) => form.test(text) || narrowedForm.test(text)

export function createCapabilities(storage: Storage, clock: Clock): Capabilities {
  const { sqlite } = storage
  const byHash = sqlite.prepare('SELECT * FROM capabilities WHERE hash = ?')
  const remembered = rememberRows(storage, (key) => Row.optional().parse(byHash.get(key)))
  const insert = remembered.writing(
    'INSERT INTO capabilities (hash, sandbox, expiresAt) VALUES (?, ?, ?)',
  )
  const byId = sqlite.prepare('SELECT * FROM capabilities WHERE hash BETWEEN ? AND ?')
  const bySandbox = sqlite.prepare('SELECT * FROM capabilities WHERE sandbox = ? ORDER BY hash')
  const prolong = remembered.writing(
    'UPDATE capabilities SET expiresAt = ? WHERE sandbox = ? AND expiresAt = ?',
  )
  const revoke = remembered.writing('UPDATE capabilities SET revoked = 1 WHERE sandbox = ?')
  const renew = remembered.writing(
    'UPDATE capabilities SET expiresAt = max(expiresAt, ?) WHERE hash = ?',
  )
  const forget = remembered.writing('DELETE FROM capabilities WHERE hash = ? AND sandbox = ?')
  const forgetAll = remembered.writing('DELETE FROM capabilities WHERE sandbox = ?')
  const open = (row: Row) => row.revoked === 0 && clock() < row.expiresAt

  function verify(token: string, expected?: string): string {
    const row = form.test(token) ? remembered.of(hashOf(token)) : undefined
    if (!row || (expected !== undefined && row.sandbox !== expected)) throw unknownToken()
    if (!open(row)) throw spentToken(row)
    return row.sandbox
  }

  function verifyNarrowed(narrowed: string, sandbox: string, purpose: string): void {
    const [, id, mac = ''] = narrowedForm.exec(narrowed) ?? []
    const row = rowsOf(sandbox).find(({ hash }) => idOf(hash) === id)
    if (!row || !timingSafeEqual(Buffer.from(mac, 'hex'), macOf(row, purpose))) throw unknownToken()
    if (!open(row)) throw spentToken(row)
  }

  const rowsOf = (sandbox: string) => z.array(Row).parse(bySandbox.all(sandbox))

  return {
    verify,
    narrow(token, purpose) {
      const [, id] = narrowedForm.exec(token) ?? []
      const row = Row.optional().parse(
        id === undefined ? byHash.get(hashOf(token)) : byId.get(id, `${id}~`),
      )
      if (!row) throw unknownToken()
      if (id === undefined) verify(token)
      else verifyNarrowed(token, row.sandbox, ownPage)
      return `sp_${idOf(row.hash)}_${macOf(row, purpose).toString('hex')}`
    },
    verifyNarrowed,
    issue(sandbox, expiresAt) {
      const token = `sd_${sandbox}_${newSecret()}`
      insert(hashOf(token), sandbox, expiresAt)
      return token
    },
    prolong: (sandbox, from, to) => prolong(to, sandbox, from),
    renew(sandbox, token, expiresAt) {
      verify(token, sandbox)
      renew(expiresAt, hashOf(token))
    },
    revoke: (sandbox, token) => forget(hashOf(token), sandbox),
    forgetAll: (sandbox) => forgetAll(sandbox),
    revokeAll: (sandbox) => revoke(sandbox),
    list: (sandbox) => rowsOf(sandbox).map((row) => ({ id: idOf(row.hash), open: open(row) })),
  }
}

const hashOf = (token: string) => hash('sha256', token, 'hex')

const idOf = (hash: string) => hash.slice(0, 16)
const macOf = ({ hash, sandbox }: Row, purpose: string) =>
  createHmac('sha256', hash).update(`${sandbox} ${purpose}`).digest()

const unknownToken = () =>
  new SandboxError('unauthorized', 'This address or token opens no sandbox.', {
    hint: 'Use the whole address that `sandbox up` or `sandbox url ID` printed.',
  })

const spentToken = ({ sandbox }: Row) =>
  new SandboxError('sandbox_gone', 'This sandbox has ended, or the address to it has expired.', {
    hint: 'Ask whoever gave it to you for a new one; `sandbox url ID` makes it while the sandbox runs.',
    details: { sandbox },
  })
