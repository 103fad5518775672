import { isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { fileNames } from '../../masking/masking.ts'
import type { Entry, EntryPart, EntrySource } from '../entries.ts'
import type { OpenRequest } from '../sources.ts'
import {
  changed,
  leadsElsewhere,
  needsLinux,
  notText,
  tooLarge,
  unreachable,
  unreadable,
} from './errors.ts'
import { openDirectory, openInside } from './pinned.ts'
import { walk } from './walk.ts'

const batch = 256
const chunkBytes = 256 * 1024

/** Holds the directory open: what is read is of it, whatever its path leads to by then. */
export async function openSource(request: OpenRequest, signal: AbortSignal): Promise<EntrySource> {
  const { name, url: path, most = { bytes: Infinity, entries: Infinity } } = request
  if (process.platform !== 'linux') throw needsLinux(name)
  signal.throwIfAborted()
  const root = await openRoot(name, path)
  const explained = (at: Buffer, cause: unknown) => explain(name, at, cause)
  let bytesRead = 0
  const walking = { source: name, mostEntries: most.entries, explained }
  return {
    ...{ version: 1, address: path, database: 'files', findings: [unseen], mostBytes: most.bytes },
    list: (until) => batches(name, walk(root, { ...walking, signal: until })),
    async *read(entry, until) {
      try {
        const reading = { source: name, directory: root, entry, until }
        for await (const parts of readFrom(reading, segmentsOf(entry.name))) {
          for (const { value } of parts) bytesRead += value.length
          if (bytesRead > most.bytes) throw tooLarge(name, most.bytes)
          yield parts
        }
      } catch (cause) {
        const error = explained(entry.name, cause)
        if (error !== null) throw error
      }
    },
    [Symbol.asyncDispose]: () => root.close(),
  }
}

const unseen = {
  severity: 'info',
  where: 'files',
  message:
    'Empty directories, links, owners and times are not copied. What is kept of pictures and other files that are no text is searched for masked values alone.',
} as const

async function openRoot(source: string, path: string): Promise<FileHandle> {
  try {
    return await openDirectory(path)
  } catch (cause) {
    const code = codeOf(cause)
    throw leading.has(code) ? leadsElsewhere(source, path) : unreachable(source, path, code)
  }
}

/** What a link in place of a file or a directory is answered with. */
const leading = new Set(['ELOOP', 'ENOTDIR'])
const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException).code ?? 'unknown'

/** Null for what is gone by now. Never names a path, but by its shape. */
function explain(source: string, path: Buffer, cause: unknown): Error | null {
  const code = codeOf(cause)
  if (code === 'ENOENT') return null
  if (cause instanceof SandboxError || !(cause instanceof Error)) return cause as Error
  if (leading.has(code)) return changed(source, fileNames.shapeOf(path))
  return code.startsWith('E') ? unreadable(source, fileNames.shapeOf(path), code) : cause
}

async function* batches(
  source: string,
  entries: AsyncIterable<Entry>,
): AsyncGenerator<readonly Entry[]> {
  let some: Entry[] = []
  for await (const entry of entries) {
    if (!isUtf8(entry.name)) throw notText(source, fileNames.shapeOf(entry.name))
    some.push(entry)
    if (some.length < batch) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}

interface Reading {
  readonly source: string
  readonly directory: FileHandle
  readonly entry: Entry
  readonly until: AbortSignal
}

async function* readFrom(
  reading: Reading,
  [first = Buffer.alloc(0), ...others]: readonly Buffer[],
): AsyncGenerator<readonly EntryPart[]> {
  const kind = others.length === 0 ? 'file' : 'directory'
  await using opened = await openInside(reading.directory, first, kind)
  if (others.length > 0) yield* readFrom({ ...reading, directory: opened }, others)
  else yield* contentOf(opened, reading)
}

/** As much as there was when it was listed: a file that grows meanwhile is read up to there. */
async function* contentOf(
  file: FileHandle,
  { source, entry, until }: Reading,
): AsyncGenerator<readonly EntryPart[]> {
  const { name, sizeBytes } = entry
  if (!(await file.stat()).isFile()) throw changed(source, fileNames.shapeOf(name))
  if (sizeBytes === 0) yield [{ value: Buffer.alloc(0) }]
  for (let at = 0; at < sizeBytes; ) {
    until.throwIfAborted()
    const value = Buffer.allocUnsafeSlow(Math.min(chunkBytes, sizeBytes - at))
    const { bytesRead } = await file.read(value, 0, value.length, at)
    if (bytesRead === 0) throw changed(source, fileNames.shapeOf(name))
    yield [{ value: value.subarray(0, bytesRead) }]
    at += bytesRead
  }
}

function segmentsOf(path: Buffer): readonly Buffer[] {
  return path
    .toString('latin1')
    .split('/')
    .map((segment) => Buffer.from(segment, 'latin1'))
}
