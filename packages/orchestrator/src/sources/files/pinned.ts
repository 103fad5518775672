import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants
const kinds = {
  directory: O_RDONLY | O_NOFOLLOW | O_DIRECTORY,
  // A pipe that took the place of a file must not hold us up.
  file: O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
}

/**
 * Where the kernel shows a directory that is held open. A path through it begins at that very
 * directory, wherever it was moved and whatever has its name now.
 */
export const pathOf = ({ fd }: FileHandle) => Buffer.from(`/proc/self/fd/${fd}`)

/** One name in a directory that is held open. */
export const inside = (directory: FileHandle, name: Buffer) =>
  Buffer.concat([pathOf(directory), slash, name])

const slash = Buffer.from('/')

/** Opens what has a name in a directory, never what a link of that name leads to: ELOOP or ENOTDIR then. */
export const openInside = (directory: FileHandle, name: Buffer, kind: keyof typeof kinds) =>
  open(inside(directory, name) as unknown as string, kinds[kind])

/** Opens a directory by its absolute path, through no link at any step. Its closing is the caller’s. */
export async function openDirectory(path: string): Promise<FileHandle> {
  let directory = await open('/', kinds.directory)
  for (const name of path.split('/').filter(Boolean)) {
    await using left = directory
    directory = await openInside(left, Buffer.from(name), 'directory')
  }
  return directory
}
