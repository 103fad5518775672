import { readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { inTheWay } from './errors.ts'

/** Moves what was brought to its place, on the same file system: files over files, directories into directories. */
export async function place(staged: string, target: string): Promise<void> {
  const [there, brought] = [await stat(target).catch(() => undefined), await stat(staged)]
  if (!there) return await rename(staged, target)
  if (there.isDirectory() !== brought.isDirectory()) throw inTheWay(target)
  if (!there.isDirectory()) return await rename(staged, target)
  for (const name of await readdir(staged)) await place(join(staged, name), join(target, name))
}
