import { cpSync, mkdirSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileEntry } from '../wire/door.ts'
import type { FakeMachine } from './fake-machine.ts'
import { spawnIn } from './fake-spawn.ts'

/**
 * A directory of this machine, and its programs: for our own tests of clients, whose commands are their
 * own. Never for anything untrusted.
 */
export function hostMachine(root: string): FakeMachine {
  let copies = 0
  mkdirSync(join(root, 'workspace'), { recursive: true })

  return {
    spawn: (start) => spawnIn(root, start),
    async read(path) {
      const file = join(root, path)
      const stats = await lstat(file).catch(() => undefined)
      if (!stats) return undefined
      return stats.isDirectory() ? await entriesOf(file, path) : await readFile(file)
    },
    async write(path, content) {
      const file = join(root, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    },
    async remove(path) {
      const file = join(root, path)
      const isThere = (await lstat(file).catch(() => undefined)) !== undefined
      await rm(file, { recursive: true, force: true })
      return isThere
    },
    copy() {
      copies += 1
      const other = `${root}-${copies}`
      cpSync(root, other, { recursive: true, verbatimSymlinks: true })
      return hostMachine(other)
    },
  }
}

async function entriesOf(directory: string, path: string): Promise<FileEntry[]> {
  const names = await readdir(directory)
  const entries = names.map(async (name): Promise<FileEntry> => {
    const stats = await lstat(join(directory, name))
    const isLink = stats.isSymbolicLink()
    return {
      name,
      path: join(path, name),
      type: stats.isDirectory() ? 'directory' : isLink ? 'symlink' : 'file',
      size: stats.size,
      modifiedAt: stats.mtime.toISOString(),
    }
  })
  return await Promise.all(entries)
}
