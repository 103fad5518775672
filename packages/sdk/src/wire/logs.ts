import { z } from 'zod'

export const LogQuery = z.strictObject({
  bytes: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024 ** 2)
    .default(64 * 1024)
    .meta({ description: 'As much of its end at most.' }),
})
export type LogQuery = z.infer<typeof LogQuery>

/** The end of what the main program of a container said, both streams as they came. */
export const SandboxLog = z.object({
  /** `workspace`, or the name of a database or a service. */
  name: z.string(),
  text: z.string(),
})
export type SandboxLog = z.infer<typeof SandboxLog>
