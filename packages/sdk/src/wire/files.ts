import { z } from 'zod'
import { FileEntry } from './door.ts'

/** Of the name itself: a link is told as one. */
export const FileInfo = FileEntry.extend({
  /** The last twelve bits, such as 0o644 as the number 420. */
  mode: z.int(),
  /** As `ls -l` shows it. */
  permissions: z.string(),
  owner: z.string(),
  group: z.string(),
  /** Where a link leads, as it is written in it. */
  target: z.string().optional(),
})
export type FileInfo = z.infer<typeof FileInfo>

/** Absolute, inside. */
const Path = z
  .string()
  .min(1)
  .max(4096)
  .startsWith('/')
  .regex(/^[^\0]*$/)

/** A file that is at `to` is replaced; a directory only where it is empty. */
export const MoveRequest = z.strictObject({ from: Path, to: Path })
export type MoveRequest = z.infer<typeof MoveRequest>

export const DirectoryMade = z.object({
  /** False where it was there already. */
  created: z.boolean(),
  entry: FileInfo,
})
export type DirectoryMade = z.infer<typeof DirectoryMade>

export const ArchiveFormat = z.enum(['tar', 'tar.gz'])
export type ArchiveFormat = z.infer<typeof ArchiveFormat>

export const ArchiveQuery = z.strictObject({ format: ArchiveFormat.default('tar') })

export const ArchiveUnpacked = z.object({
  /** The directory. */
  path: z.string(),
  entries: z.int(),
  /** Of file contents. */
  bytes: z.int(),
})
export type ArchiveUnpacked = z.infer<typeof ArchiveUnpacked>

export const WatchQuery = z.strictObject({
  /** What is below its directories as well. */
  recursive: z.stringbool().default(false),
})

/** One change in a directory that is watched; a name that is taken away and come again is two. */
export const FileChange = z.object({
  type: z.enum(['create', 'write', 'remove', 'rename', 'chmod']).meta({
    description: '`rename` is told of the old name; the new one is created.',
  }),
  /** Absolute, inside. */
  path: z.string(),
})
export type FileChange = z.infer<typeof FileChange>
