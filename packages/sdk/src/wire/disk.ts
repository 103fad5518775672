import { z } from 'zod'

/** How much a sandbox may write to its volumes, all of them together, and what holds it to that. */
export const DiskView = z.object({
  /** `watchdog`: what is over its limit is ended; it may get past it in the moment until that is seen. */
  guard: z.enum(['watchdog']),
  limitBytes: z.int(),
  limitInodes: z.int(),
  /** When it was last measured; null before, and where measuring took too long. */
  usedBytes: z.int().nullable(),
  usedInodes: z.int().nullable(),
})
export type DiskView = z.infer<typeof DiskView>
