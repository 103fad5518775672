import { z } from 'zod'
import { Duration, parseDuration } from './units.ts'

export const longestPreStopSeconds = 30

/** What is run inside, as the agent, when an orderly end begins. */
export const PreStopSpec = z.strictObject({
  command: z
    .union([
      z.string().min(1).max(8192),
      z.array(z.string().max(8192)).min(1, 'a command line such as [./save.sh]').max(64),
    ])
    .meta({ description: 'A line for the shell, or a program with its arguments.' }),
  timeout: Duration.refine(
    (text) => (parseDuration(text) ?? 0) <= longestPreStopSeconds,
    `at most "${longestPreStopSeconds}s"`,
  )
    .default('10s')
    .meta({ description: 'It is ended after this long, and the end goes on.' }),
})
export type PreStopSpec = z.infer<typeof PreStopSpec>
