import { z } from 'zod'
import { ServerKind } from './config.ts'
import { Name } from './units.ts'

/** One thing that a repository says of itself. Names and counts, never a value of a variable. */
export const InitFinding = z.object({
  kind: z.enum([
    'compose',
    'devcontainer',
    'node',
    'python',
    'go',
    'ruby',
    'migrations',
    'variables',
    /** What was not looked at, or not understood, and why. */
    'left_out',
  ]),
  /** Relative to the repository, made safe to show. */
  path: z.string(),
  says: z.string(),
})
export type InitFinding = z.infer<typeof InitFinding>

/** A database of a compose file, and the source that a sandbox would have it from. */
export const InitDatabase = z.object({
  /** Its name in a sandbox, which is the one it has in the compose file where that can be. */
  name: Name,
  kind: ServerKind,
  source: Name,
  /**
   * `configured` in a stuntdouble.yaml that was there, `proposed` in the one that init writes; `missing`
   * stands in the blueprint as a comment alone.
   */
  state: z.enum(['configured', 'proposed', 'missing']),
})
export type InitDatabase = z.infer<typeof InitDatabase>

/** What `sandbox init` found in a repository, and what it made of that. */
export const InitResult = z.object({
  directory: z.string(),
  dryRun: z.boolean(),
  files: z.array(z.object({ path: z.string(), text: z.string(), written: z.boolean() })),
  found: z.array(InitFinding),
  databases: z.array(InitDatabase),
  /** Command lines from here to a sandbox. */
  next: z.array(z.string()),
})
export type InitResult = z.infer<typeof InitResult>
