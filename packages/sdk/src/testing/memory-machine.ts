import { posix } from 'node:path'
import { SandboxError } from '../errors.ts'
import type { FileEntry } from '../wire/door.ts'
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

  const below = (path: string) =>
    [...files.keys(), ...directories].filter((each) => each.startsWith(`${path}/`))
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
    async remove(given) {
      const path = posix.resolve('/', given)
      if (path === '/') throw refused(path, 'it is dangerous to operate recursively on it')
      if (!files.has(path) && !directories.has(path)) return false
      for (const each of [path, ...below(path)]) {
        files.delete(each)
        directories.delete(each)
      }
      return true
    },
    copy: () => memoryMachine({ files, directories, spawn, now }),
  }
  return machine
}

const refused = (path: string, why: string) =>
  new SandboxError('forbidden', `"${path}" cannot be used: ${why}.`, {
    hint: 'Use a plain file or directory that the agent’s user may read and write.',
  })
