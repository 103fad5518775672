import { randomUUID } from 'node:crypto'
import { lstat, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'

/** Whether something has this name, be it a link that leads nowhere. */
export const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** A new file; what is there stays as it is, and a link is not followed. */
export async function createFile(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? alreadyThere(path) : unwritable(path, error)
  })
}

/** The file, in place of whatever bears its name: of a link, not of where it leads. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const partial = join(dirname(path), `.${randomUUID()}.tmp`)
  try {
    await writeFile(partial, text, { flag: 'wx' })
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw unwritable(path, error)
  }
}

export const alreadyThere = (path: string) =>
  new SandboxError('conflict', `${path} is there already; it was left as it is.`, {
    hint: 'Replace it with --force, or see with --dry-run what would be written.',
  })

const unwritable = (path: string, cause: unknown) =>
  new SandboxError(
    'usage',
    `${path} cannot be written: ${(cause as NodeJS.ErrnoException).code}.`,
    {
      hint: 'Make room for it, or name another directory.',
      cause,
    },
  )
