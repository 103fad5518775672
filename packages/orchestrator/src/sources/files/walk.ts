import type { Stats } from 'node:fs'
import { type FileHandle, lstat, opendir } from 'node:fs/promises'
import type { Entry } from '../entries.ts'
import { tooDeep, tooMany } from './errors.ts'
import { inside, openInside, pathOf } from './pinned.ts'

/** What can be copied; other types are named by what they are. */
export const file = 'file'
export const program = 'program'

const deepest = 64

export interface Walk {
  readonly source: string
  /** Files and directories that are looked at. */
  readonly mostEntries: number
  /** Says what an error at a path means; null where it is merely gone. */
  readonly explained: (path: Buffer, cause: unknown) => Error | null
  readonly signal: AbortSignal
}

/** Everything below a directory that is no directory, in no order. Holds as many directories open as it is deep. */
export async function* walk(root: FileHandle, options: Walk): AsyncGenerator<Entry> {
  const counted = { entries: 0 }
  yield* below({ directory: root, path: Buffer.alloc(0), depth: 0 }, { ...options, counted })
}

interface Place {
  readonly directory: FileHandle
  readonly path: Buffer
  readonly depth: number
}

type Counting = Walk & { readonly counted: { entries: number } }

async function* below({ directory, path, depth }: Place, options: Counting): AsyncGenerator<Entry> {
  const { source, counted, mostEntries, signal } = options
  if (depth > deepest) throw tooDeep(source, deepest)
  for await (const name of namesIn(directory)) {
    signal.throwIfAborted()
    if (++counted.entries > mostEntries) throw tooMany(source, mostEntries)
    const own = depth === 0 ? name : Buffer.concat([path, slash, name])
    const stat = await tried(options, own, () => lstat(inside(directory, name)))
    if (stat === undefined) continue
    if (!stat.isDirectory()) yield entryOf(own, stat)
    else {
      await using child = await tried(options, own, () => openInside(directory, name, 'directory'))
      if (child) yield* below({ directory: child, path: own, depth: depth + 1 }, options)
    }
  }
}

const slash = Buffer.from('/')

/** As bytes: a name is text only by habit. */
async function* namesIn(directory: FileHandle): AsyncGenerator<Buffer> {
  const entries = await opendir(pathOf(directory), { encoding: 'buffer' as BufferEncoding })
  for await (const { name } of entries) yield name as unknown as Buffer
}

async function tried<Result>(
  { explained }: Walk,
  path: Buffer,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work()
  } catch (cause) {
    const error = explained(path, cause)
    if (error !== null) throw error
    return undefined
  }
}

const entryOf = (name: Buffer, stat: Stats): Entry => ({
  ...{ name, type: typeOf(stat), ttlMs: null },
  sizeBytes: stat.isFile() ? stat.size : 0,
})

function typeOf(stat: Stats): string {
  if (stat.isFile()) return (stat.mode & 0o111) === 0 ? file : program
  if (stat.isSymbolicLink()) return 'symbolic link'
  if (stat.isFIFO()) return 'pipe'
  return stat.isSocket() ? 'socket' : 'device'
}
