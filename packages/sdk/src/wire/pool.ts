import { z } from 'zod'
import { Receipt } from './receipt.ts'
import { Bytes, Duration, SnapshotId, Timestamp } from './units.ts'

/** `pool:` of the operator's file, in full. */
const PoolFields = z.strictObject({
  size: z
    .union([z.literal('auto'), z.int().min(1).max(64)])
    .default('auto')
    .meta({ description: 'Sandboxes kept ready for each blueprint; `auto` learns from demand.' }),
  memory: Bytes.optional().meta({
    description: 'What all of them may take; a quarter of limits.totalMemory when left out.',
  }),
  keep: Duration.default('15m').meta({
    description: 'With `auto`: how long after a blueprint was last asked for.',
  }),
})

/** `auto`, `off`, or in full. */
export const PoolConfig = z.union([z.enum(['auto', 'off']), PoolFields])
export type PoolConfig = z.infer<typeof PoolConfig>

export const poolFields = (config: Exclude<PoolConfig, 'off'>): z.infer<typeof PoolFields> =>
  PoolFields.parse(config === 'auto' ? {} : config)

/** Sandboxes that are kept ready for one blueprint. */
export const WarmBlueprint = z.object({
  image: z.string(),
  /** Sources by the name of the database, or of the files. */
  data: z.record(z.string(), z.string()),
  snapshots: z.array(SnapshotId),
  memoryBytes: z.int(),
  wanted: z.int(),
  warm: z.int(),
  making: z.int(),
  askedAt: Timestamp,
  /** Creations that were handed a ready one since the orchestrator started, and those that were not. */
  claimed: z.int(),
  missed: z.int(),
})
export type WarmBlueprint = z.infer<typeof WarmBlueprint>

/** What is taken, and what there is. */
export const CapacityView = z.object({
  sandboxes: z.int(),
  maxSandboxes: z.int(),
  /** The sum of what they may take. */
  memoryBytes: z.int(),
  maxMemoryBytes: z.int(),
  /** Of both, what is kept ready and yields. */
  pooled: z.object({ sandboxes: z.int(), memoryBytes: z.int() }),
  /** Creations that wait for room. */
  waiting: z.int(),
})
export type CapacityView = z.infer<typeof CapacityView>

export const PoolView = z.object({
  size: z.union([z.enum(['auto', 'off']), z.int()]),
  blueprints: z.array(WarmBlueprint),
  capacity: CapacityView,
})
export type PoolView = z.infer<typeof PoolView>

/** The receipts of those that were ended. */
export const DrainedPool = z.object({ receipts: z.array(Receipt) })
export type DrainedPool = z.infer<typeof DrainedPool>
