import { z } from 'zod'
import { DiskView } from './disk.ts'
import { SandboxId, Timestamp } from './units.ts'

/** `process`: all that run in one container. `file`: what the orchestrator keeps of a workspace. */
export const ResourceKind = z.enum([
  ...(['container', 'network', 'volume', 'mount', 'process'] as const),
  ...(['directory', 'socket', 'file', 'capability'] as const),
])
export type ResourceKind = z.infer<typeof ResourceKind>

/** One thing a sandbox consisted of, and what was seen of it at the end. */
export const InventoryItem = z.object({
  kind: ResourceKind,
  id: z.string(),
  name: z.string(),
  /** `absent` was looked for and not found; `present` is a leak; `unknown` could not be looked for. */
  after: z.enum(['absent', 'present', 'unknown']),
})
export type InventoryItem = z.infer<typeof InventoryItem>

/** What could not be looked for at all, because the engine’s machine does not show it to us. */
export const BlindSpot = z.object({ kind: ResourceKind, reason: z.string() })
export type BlindSpot = z.infer<typeof BlindSpot>

/**
 * `disk_limit`: its volumes held more than they may. `disk_reserve`: the pool that all share ran out,
 * and it had grown most. `unclaimed`: it was kept ready and nobody had it.
 */
export const EndReason = z.enum([
  ...(['down', 'expired', 'idle', 'failed', 'died', 'canary'] as const),
  ...(['disk_limit', 'disk_reserve', 'unclaimed'] as const),
])
export type EndReason = z.infer<typeof EndReason>

/** The signed inventory that shows nothing is left. `clean` only when every item is `absent`. */
export const Receipt = z.object({
  id: SandboxId,
  clean: z.boolean(),
  reason: EndReason,
  createdAt: Timestamp,
  endedAt: Timestamp,
  inventory: z.array(InventoryItem),
  /** Absent in receipts of earlier versions. */
  disk: DiskView.optional(),
  /** Kinds that are not in the inventory, so that `clean` says nothing of them; left out where there are none. */
  blindSpots: z.array(BlindSpot).optional(),
  /** What could not be shown, in words; empty when clean. */
  doubts: z.array(z.string()),
  installation: z.string(),
  /** Ed25519 over the canonical JSON of everything but `signature`, base64url; the key is the installation’s. */
  signature: z.object({
    algorithm: z.literal('ed25519'),
    keyId: z.string(),
    publicKey: z.string(),
    value: z.string(),
  }),
})
export type Receipt = z.infer<typeof Receipt>
