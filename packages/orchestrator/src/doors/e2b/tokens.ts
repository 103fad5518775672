import { hasExpired, isSignedBy, type SignedAddress } from './envd/signed-address.ts'

/** A signature that nobody made is held against all of them: a thousand hashes are a millisecond. */
const mostTokens = 4
const mostSandboxes = 256

/**
 * Tokens that were seen to open a sandbox, in memory alone: what is kept of a capability is a hash, and
 * a signed address can only be checked with the token itself.
 */
export interface SeenTokens {
  add(sandbox: string, token: string): void
  /** One that the sandbox was handed out with before. */
  of(sandbox: string): string | undefined
  drop(sandbox: string, token: string): void
  /** Whose token signed an address that has not expired. */
  signer(address: SignedAddress, now: number): string | undefined
  forget(sandbox: string): void
}

export function createSeenTokens(): SeenTokens {
  const seen = new Map<string, Set<string>>()

  return {
    add(sandbox, token) {
      const tokens = seen.get(sandbox) ?? new Set()
      if (tokens.size < mostTokens) tokens.add(token)
      seen.set(sandbox, tokens)
      const [oldest] = seen.keys()
      if (seen.size > mostSandboxes && oldest !== undefined) seen.delete(oldest)
    },
    of: (sandbox) => seen.get(sandbox)?.values().next().value,
    drop: (sandbox, token) => void seen.get(sandbox)?.delete(token),
    signer(address, now) {
      if (hasExpired(address, now)) return undefined
      for (const tokens of seen.values()) {
        for (const token of tokens) if (isSignedBy(token, address)) return token
      }
      return undefined
    },
    forget: (sandbox) => void seen.delete(sandbox),
  }
}
