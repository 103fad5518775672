import { posix } from 'node:path'
import { SandboxError } from '../errors.ts'
import type { FileEntry } from '../wire/door.ts'
import { notADirectory } from './fake-errors.ts'
import { directoryInfo, fileInfo } from './fake-info.ts'
import type { FakeChild, FakeMachine, FakeStart } from './fake-machine.ts'

export interface MemoryFile {
  readonly content: Uint8Array
  readonly modifiedAt: string
}

export interface MemoryParts {
  /** By absolute path. */
  readonly files: ReadonlyMap<string, MemoryFile>
  readonly directories?: ReadonlySet<string>
  readonly spawn: (
    start: FakeStart & { readonly sandbox: string },
    machine: FakeMachine,
  ) => FakeChild
  readonly now: () => number
}

/** Files in memory and scripted commands: nothing of it touches this machine. */
export function memoryMachine({ spawn, now, ...begun }: MemoryParts): FakeMachine {
  const files = new Map(begun.files)
  const directories = new Set(['/', '/workspace', ...(begun.directories ?? [])])
  for (const path of files.keys()) makeAbove(path)

  function makeAbove(path: string): void {
    for (let above = posix.dirname(path); !directories.has(above); above = posix.dirname(above)) {
      if (files.has(above)) throw refused(path, 'not a directory')
      directories.add(above)
    }
  }

  function entryOf(path: string): FileEntry {
    const file = files.get(path)
    return {
      ...{ name: posix.basename(path), path, type: file ? 'file' : 'directory' },
      size: file?.content.length ?? 4096,
      modifiedAt: file?.modifiedAt ?? new Date(now()).toISOString(),
    }
  }

  const entriesOf = (path: string) =>
    [...files.keys(), ...directories]
      .filter((each) => each !== '/' && posix.dirname(each) === path)
      .map(entryOf)

  const machine: FakeMachine = {
    spawn: (start, sandbox) => spawn({ ...start, sandbox }, machine),
    async read(given) {
      const path = posix.resolve('/', given)
      return directories.has(path) ? entriesOf(path) : files.get(path)?.content
    },
    async write(given, content) {
      const path = posix.resolve('/', given)
      if (directories.has(path)) throw refused(path, 'is a directory')
      makeAbove(path)
      files.set(path, { content, modifiedAt: new Date(now()).toISOString() })
    },
    async stat(given) {
      const path = posix.resolve('/', given)
      if (directories.has(path)) return directoryInfo(entryOf(path))
      return files.has(path) ? fileInfo(entryOf(path)) : undefined
    },
    async makeDirectory(given) {
      const path = posix.resolve('/', given)
      if (files.has(path)) throw notADirectory(path)
      if (directories.has(path)) return false
      makeAbove(path)
      directories.add(path)
      return true
    },
    async move(given, wanted) {
      const [from, to] = [posix.resolve('/', given), posix.resolve('/', wanted)]
      if (!files.has(from) && !directories.has(from)) return false
      const why = hindrance({ files, directories }, from, to)
      if (why) throw refused(from, why)
      makeAbove(to)
      carry({ files, directories }, from, to)
      return true
    },
    async remove(given) {
      const path = posix.resolve('/', given)
      if (path === '/') throw refused(path, 'it is dangerous to operate recursively on it')
      if (!files.has(path) && !directories.has(path)) return false
      for (const each of [path, ...within({ files, directories }, path)]) {
        files.delete(each)
        directories.delete(each)
      }
      return true
    },
    copy: () => memoryMachine({ files, directories, spawn, now }),
  }
  return machine
}

interface Held {
  readonly files: Map<string, MemoryFile>
  readonly directories: Set<string>
}

const within = ({ files, directories }: Held, path: string) =>
  [...files.keys(), ...directories].filter((each) => each.startsWith(`${path}/`))

/** As `rename(2)` has it. */
function hindrance(held: Held, from: string, to: string): string | undefined {
  if (to.startsWith(`${from}/`)) return 'it cannot be moved into itself'
  if (held.files.has(to) && held.directories.has(from)) return 'not a directory'
  if (!held.directories.has(to)) return undefined
  const isFull = held.files.has(from) || within(held, to).length > 0
  return isFull ? 'a directory is in the way' : undefined
}

function carry(held: Held, from: string, to: string): void {
  for (const each of [from, ...within(held, from)]) {
    const path = `${to}${each.slice(from.length)}`
    const file = held.files.get(each)
    held.files.delete(each)
    held.directories.delete(each)
    if (file) held.files.set(path, file)
    else held.directories.add(path)
  }
}

const refused = (path: string, why: string) =>
  new SandboxError('forbidden', `"${path}" cannot be used: ${why}.`, {
    hint: 'Use a plain file or directory that the agent’s user may read and write.',
  })
