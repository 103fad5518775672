import { z } from 'zod'
import { Blueprint, LimitsSpec } from './blueprint.ts'
import { CredentialView } from './credential.ts'
import { DiskView } from './disk.ts'
import { EgressGrant } from './egress.ts'
import { Isolation } from './isolation.ts'
import { Problem } from './problem.ts'
import { EndReason } from './receipt.ts'
import { Duration, SandboxId, SnapshotId, Timestamp } from './units.ts'

/**
 * `creating → ready → ending → ended`; a creation that fails goes on to `ending` by itself. One that
 * is ready may be `paused`, or be `rolling_back`, and is ready again afterwards.
 */
export const SandboxState = z.enum([
  'creating',
  'ready',
  'paused',
  'rolling_back',
  'ending',
  'ended',
])
export type SandboxState = z.infer<typeof SandboxState>

export const CreateSandboxRequest = z.strictObject({
  blueprint: Blueprint.prefault({}),
  ttl: Duration.optional().meta({ description: 'Overrides the blueprint’s ttl.' }),
  idle: Duration.optional(),
  workspace: z
    .string()
    .optional()
    .meta({ description: 'The id of an uploaded workspace, from PUT /v1/workspaces.' }),
  wait: z.boolean().default(true).meta({
    description: 'Where there is no room: wait in the queue, or be refused at once.',
  }),
  warm: z.boolean().default(true).meta({
    description: 'False makes it from nothing, and keeps none ready for the next like it.',
  }),
})
export type CreateSandboxRequest = z.infer<typeof CreateSandboxRequest>
export type CreateSandboxInput = z.input<typeof CreateSandboxRequest>

/** A creation that is sent again with the same key makes no second sandbox. Good for a day. */
export const idempotencyHeader = 'idempotency-key'

/** `url` works from inside the sandbox only. */
export const DatabaseView = z.object({ url: z.string(), snapshot: SnapshotId, source: z.string() })
export type DatabaseView = z.infer<typeof DatabaseView>

/** Where a copy of a tree of files is, inside. */
export const FilesView = z.object({ path: z.string(), snapshot: SnapshotId, source: z.string() })
export type FilesView = z.infer<typeof FilesView>

/** One more program of the sandbox; it runs from the beginning, reached inside by its name. */
export const ServiceView = z.object({ image: z.string(), ports: z.array(z.int()) })
export type ServiceView = z.infer<typeof ServiceView>

/** What `sandbox up` hands over: opening `url` needs nothing else; `token` is the same for a header. */
export const Handover = z.object({
  id: SandboxId,
  url: z.url(),
  token: z.string(),
  expiresAt: Timestamp,
  /** The first database’s snapshot, or the first files’; null for a sandbox without data. */
  snapshot: SnapshotId.nullable(),
  databases: z.record(z.string(), DatabaseView),
  /** What it may reach outside; left out where nothing is asked for. */
  egress: z.array(EgressGrant).optional(),
  /** Which credentials are put in for it; absent where there are none. */
  credentials: z.record(z.string(), CredentialView).optional(),
  /** Absent where there are none. */
  files: z.record(z.string(), FilesView).optional(),
})
export type Handover = z.infer<typeof Handover>

export const SandboxView = z.object({
  id: SandboxId,
  state: SandboxState,
  createdAt: Timestamp,
  /** The hard end. */
  expiresAt: Timestamp,
  /** The end if nothing happens until then; never after `expiresAt`. */
  idleAt: Timestamp,
  /** Until the earlier of both, when this was told; 0 once it has begun to end. */
  secondsLeft: z.int().optional(),
  endedAt: Timestamp.nullable(),
  endReason: EndReason.nullable(),
  snapshot: SnapshotId.nullable(),
  databases: z.record(z.string(), DatabaseView),
  /** What it may reach outside. */
  egress: z.array(EgressGrant).default([]),
  credentials: z.record(z.string(), CredentialView).default({}),
  files: z.record(z.string(), FilesView).default({}),
  /** Absent where there are none. */
  services: z.record(z.string(), ServiceView).optional(),
  image: z.string(),
  /** Of the workspace; databases stay on the machine’s kernel. */
  isolation: Isolation.default('runc'),
  /** What it was given of the machine. */
  limits: LimitsSpec.optional(),
  disk: DiskView.optional(),
  /** Why a creation failed, or at which bound it was ended. */
  problem: Problem.nullable(),
  /** Null until the receipt is written. */
  clean: z.boolean().nullable(),
})
export type SandboxView = z.infer<typeof SandboxView>

export const SandboxListQuery = z.object({
  all: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  cursor: z.string().optional().meta({ description: '`next` of the page before.' }),
})
export type SandboxListQuery = z.infer<typeof SandboxListQuery>

export const SandboxList = z.object({
  sandboxes: z.array(SandboxView),
  /** Where the next page begins; absent at the end, and where no `limit` was asked for. */
  next: z.string().optional(),
})
export type SandboxList = z.infer<typeof SandboxList>

/** A fresh capability for a sandbox that runs; the first one is kept only as a hash. */
export const HandoverRequest = z.strictObject({ ttl: Duration.optional() })
export type HandoverRequest = z.infer<typeof HandoverRequest>

/** A capability that was made for a while is good for `ttl` from now. */
export const RenewRequest = z.strictObject({ token: z.string(), ttl: Duration })
export type RenewRequest = z.infer<typeof RenewRequest>

export const RevokeRequest = z.strictObject({ token: z.string() })
export type RevokeRequest = z.infer<typeof RevokeRequest>

/** A database’s address on the orchestrator’s machine, open until the sandbox ends. */
export const LocalDatabase = z.object({ url: z.string(), host: z.string(), port: z.int() })
export type LocalDatabase = z.infer<typeof LocalDatabase>

export const Workspace = z.object({ id: z.string(), entries: z.int(), bytes: z.int() })
export type Workspace = z.infer<typeof Workspace>
