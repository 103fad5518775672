import { createHash, timingSafeEqual } from 'node:crypto'

/** An address of a file that needs no header: whoever has it may read, or write, that one file. */
export interface SignedAddress {
  readonly path: string
  readonly user: string
  readonly operation: 'read' | 'write'
  readonly signature: string
  /** Epoch seconds, as text; undefined where it is good for as long as the sandbox. */
  readonly expiration: string | undefined
}

/** Whether `token` signed it, as the e2b package does: v1_ and the SHA-256 of its parts in base64. */
export function isSignedBy(token: string, address: SignedAddress): boolean {
  const { path, operation, user, expiration } = address
  const parts = [path, operation, user, token, ...(expiration === undefined ? [] : [expiration])]
  const digest = createHash('sha256').update(parts.join(':')).digest('base64')
  const expected = Buffer.from(`v1_${digest.replace(/=+$/, '')}`)
  const given = Buffer.from(address.signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export const hasExpired = ({ expiration }: SignedAddress, now: number): boolean =>
  expiration !== undefined && !(Number(expiration) * 1000 > now)
