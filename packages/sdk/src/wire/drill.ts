import { z } from 'zod'

/** What `sandbox drill --json` prints. */
export const DrillReport = z.object({
  /** Nothing got through, and nothing is left. What could not be tried says nothing. */
  ok: z.boolean(),
  attacks: z.array(
    z.object({
      family: z.string(),
      title: z.string(),
      outcome: z.enum(['held', 'through', 'not tried']),
      /** What got through, or why it could not be tried. */
      said: z.string(),
    }),
  ),
  /** The throwaway sandboxes, ended. */
  sandboxes: z.array(
    z.object({
      id: z.string(),
      /** Its receipt says that nothing is left. */
      clean: z.boolean(),
      /** Its receipt is signed, and says what was signed. */
      verified: z.boolean(),
    }),
  ),
  /** What this machine does not protect against, drill or no drill. */
  exposures: z.array(z.string()),
  seconds: z.number(),
})
export type DrillReport = z.infer<typeof DrillReport>
