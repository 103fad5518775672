import { z } from 'zod'
import { SandboxId, SnapshotId, Timestamp } from './units.ts'

/** Everything that is ever recorded; docs/lifecycle.md says what each means and holds. */
export const EventType = z.enum([
  ...(['created', 'ready', 'adopted', 'failed', 'ending_soon', 'extended'] as const),
  ...(['pooled', 'warm'] as const),
  ...(['pre_stop', 'ending', 'ended', 'handover', 'command'] as const),
  ...(['process_started', 'process_ended'] as const),
  ...(['file_written', 'file_moved', 'file_removed', 'query', 'limit_reached', 'alarm'] as const),
  ...(['checkpointed', 'checkpoint_removed', 'rolling_back', 'rolled_back', 'forked'] as const),
  ...(['paused', 'resumed'] as const),
  ...(['egress_allowed', 'egress_denied', 'egress_total'] as const),
  ...(['snapshot_building', 'snapshot_sealed', 'snapshot_failed', 'snapshot_removed'] as const),
])
export type EventType = z.infer<typeof EventType>

export const SandboxEvent = z.object({
  /** Only ever grows; where to go on from. */
  seq: z.int(),
  at: Timestamp,
  /** What it happened to: a sandbox, or a snapshot where `type` begins with `snapshot_`. */
  sandbox: z.union([SandboxId, SnapshotId]),
  /** A newer server may know more of them. */
  type: z.union([EventType, z.string()]),
  /** Never holds a token or a value from a source. */
  data: z.record(z.string(), z.unknown()),
})
export type SandboxEvent = z.infer<typeof SandboxEvent>
export const SandboxEventList = z.object({ events: z.array(SandboxEvent) })
export type SandboxEventList = z.infer<typeof SandboxEventList>

const Types = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(EventType))
  .meta({ description: 'Only these, apart by commas.' })

/** Of `GET /v1/events`. A stream’s `Last-Event-ID` comes before its `after`. */
export const EventFilter = z.strictObject({
  after: z.coerce.number().int().min(0).optional().meta({
    description:
      'What follows this number. Left out, a stream begins now and a page with the oldest that is kept.',
  }),
  sandbox: z
    .union([SandboxId, SnapshotId])
    .optional()
    .meta({ description: 'Only what happened to this sandbox, or snapshot.' }),
  type: Types.optional(),
})
export type EventFilter = z.infer<typeof EventFilter>

/** Ask again with `after: next`; at once while `more`. A page may hold few, or none, by its filter. */
export const EventPage = z.object({
  events: z.array(SandboxEvent),
  next: z.int(),
  more: z.boolean(),
})
export type EventPage = z.infer<typeof EventPage>

export const eventStreamType = 'text/event-stream'
