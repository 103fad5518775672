import { z } from 'zod'
import { Problem } from './problem.ts'
import { SnapshotPlan } from './snapshot.ts'

/** Where long work stands. `done` of `total` in `unit`; `total` is null while unknown. */
export const Progress = z.object({
  type: z.literal('progress'),
  phase: z.string(),
  message: z.string(),
  done: z.number().optional(),
  total: z.number().nullable().optional(),
  unit: z.enum(['rows', 'bytes', 'steps']).optional(),
  perSecond: z.number().optional(),
  etaSeconds: z.number().nullable().optional(),
  /** Of a build of a subset, once, before anything is copied. */
  plan: SnapshotPlan.optional(),
})
export type Progress = z.infer<typeof Progress>
export type OnProgress = (progress: Omit<Progress, 'type'>) => void

/** A long request asked for with `Accept: application/x-ndjson` answers in these lines, the last not a progress. */
export const ProgressLine = z.discriminatedUnion('type', [
  Progress,
  z.object({ type: z.literal('result'), value: z.unknown() }),
  z.object({ type: z.literal('error'), problem: Problem }),
])
export type ProgressLine = z.infer<typeof ProgressLine>

export const ndjsonType = 'application/x-ndjson'
