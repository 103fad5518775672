import { z } from 'zod'
import { SandboxView } from './sandbox.ts'
import { Duration, Timestamp } from './units.ts'

/** Either a while more, or a moment; the moment may be sent again without moving the end again. */
export const ExtendRequest = z
  .strictObject({
    by: Duration.optional(),
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'The hard end; one that is later already stays.' }),
  })
  .refine(({ by, until }) => (by === undefined) !== (until === undefined), 'needs `by` or `until`')
export type ExtendRequest = z.infer<typeof ExtendRequest>

/** Counted from now. Moves the hard end either way, as far as the operator’s `limits.maxTtl`. */
export const TimeoutRequest = z.strictObject({
  timeoutMs: z
    .int()
    .min(1_000)
    .max(30 * 86_400_000),
})
export type TimeoutRequest = z.infer<typeof TimeoutRequest>

/** The sandbox as it is now, and what was asked for. */
export const Extended = SandboxView.extend({
  extension: z.object({
    /** The hard end that was asked for. */
    asked: Timestamp,
    /** The hard end that it has: `expiresAt`. */
    granted: Timestamp,
    /** What stood in the way of the rest: the operator’s `limits.maxTtl`, counted from creation. */
    limitedBy: z.object({ limit: z.literal('maxTtl'), value: z.string() }).nullable(),
  }),
})
export type Extended = z.infer<typeof Extended>
