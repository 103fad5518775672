import { EndReason } from '@stuntdouble/sdk/wire'

const words: Record<EndReason, string> = {
  down: 'on request',
  expired: 'its lease ended',
  idle: 'it was idle for too long',
  failed: 'its creation failed',
  died: 'it died',
  canary: 'it sent out a canary secret',
  disk_limit: 'it reached its disk limit',
  unclaimed: 'it was kept ready and nobody had it',
  disk_reserve: 'the clone pool ran out, and it had grown most',
}

/** Why a sandbox ended, in words; undefined for a reason this page does not know. */
export function endReasonWords(reason: unknown): string | undefined {
  const known = EndReason.safeParse(reason)
  return known.success ? words[known.data] : undefined
}
