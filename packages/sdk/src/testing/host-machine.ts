import { cpSync, mkdirSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { FileEntry } from '../wire/door.ts'
import { directoryInfo, fileInfo } from './fake-info.ts'
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
    async stat(path) {
      const entry = await entryOf(join(root, path), path).catch(() => undefined)
      if (!entry) return undefined
      return entry.type === 'directory' ? directoryInfo(entry) : fileInfo(entry)
    },
    async makeDirectory(path) {
      return (await mkdir(join(root, path), { recursive: true })) !== undefined
    },
    async move(from, to) {
      if (!(await lstat(join(root, from)).catch(() => undefined))) return false
      await mkdir(dirname(join(root, to)), { recursive: true })
      await rename(join(root, from), join(root, to))
      return true
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
  return await Promise.all(names.map((name) => entryOf(join(directory, name), join(path, name))))
}

async function entryOf(file: string, path: string): Promise<FileEntry> {
  const stats = await lstat(file)
  const isLink = stats.isSymbolicLink()
  return {
    name: basename(path),
    path,
    type: stats.isDirectory() ? 'directory' : isLink ? 'symlink' : 'file',
    size: stats.size,
    modifiedAt: stats.mtime.toISOString(),
  }
}
