import { z } from 'zod'
import { SandboxId } from './units.ts'

/** Modes as git writes them: 100644, 100755 a program, 120000 a link; null where there is no such file. */
const FileMode = z.enum(['100644', '100755', '120000']).nullable()

export const ChangedFile = z.object({
  /** Relative to the workspace. Bytes that are not UTF-8 are shown as U+FFFD. */
  path: z.string(),
  status: z.enum(['added', 'modified', 'deleted']),
  oldMode: FileMode,
  newMode: FileMode,
  /** Lines; null where it is not text. */
  additions: z.int().nullable(),
  deletions: z.int().nullable(),
})
export type ChangedFile = z.infer<typeof ChangedFile>

/** What was changed in a sandbox’s workspace since it was filled. */
export const WorkspaceChanges = z.object({
  sandbox: SandboxId,
  files: z.array(ChangedFile),
  /** Not compared: what the .gitignore files that went in name, and what never travels. A few, by their tops. */
  ignored: z.array(z.string()),
  /** Not compared though it should be: what is no file, or could not be read. The last says how many more, where they are many. */
  leftOut: z.array(z.object({ path: z.string(), why: z.string() })),
})
export type WorkspaceChanges = z.infer<typeof WorkspaceChanges>

/** A patch for `git apply`, binary files and all. */
export const patchType = 'text/x-diff'
