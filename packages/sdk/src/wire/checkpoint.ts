import { z } from 'zod'
import { Handover } from './sandbox.ts'
import { Duration, Name, Timestamp } from './units.ts'

/** A state of databases, files and workspace that a sandbox can go back to. */
export const Checkpoint = z.object({ name: Name, createdAt: Timestamp })
export type Checkpoint = z.infer<typeof Checkpoint>

export const CheckpointList = z.object({ checkpoints: z.array(Checkpoint) })
export type CheckpointList = z.infer<typeof CheckpointList>

export const CreateCheckpointRequest = z.strictObject({
  name: Name.optional().meta({ description: '`checkpoint-1` and so on when left out.' }),
})
export type CreateCheckpointRequest = z.infer<typeof CreateCheckpointRequest>

export const RollbackRequest = z.strictObject({
  to: Name.optional().meta({ description: 'A checkpoint; the newest when left out.' }),
})
export type RollbackRequest = z.infer<typeof RollbackRequest>

export const ForkRequest = z.strictObject({
  count: z.int().min(1).max(16).default(1),
  from: Name.optional().meta({ description: 'A checkpoint; the state of now when left out.' }),
  ttl: Duration.optional().meta({ description: 'Of each; the blueprint’s when left out.' }),
})
export type ForkRequest = z.infer<typeof ForkRequest>
export type ForkInput = z.input<typeof ForkRequest>

/** All of them, or none. */
export const Forks = z.object({ sandboxes: z.array(Handover) })
export type Forks = z.infer<typeof Forks>
