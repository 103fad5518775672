import { posix } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { extract, type Header } from 'tar-stream'
import type { Scan } from '../secrets/secrets.ts'
import { entryRefused, notAnArchive, tooLarge } from './errors.ts'

export interface ArchiveFacts {
  readonly entries: number
  /** Of file contents. */
  readonly bytes: number
}

const limits = { entries: 100_000, bytes: 512 * 1024 ** 2 } as const

/**
 * Reads a tar to its end, and gives the scan what is in it. Refuses it at the first entry that is no
 * plain file, directory or inner link.
 */
export async function inspectArchive(
  tar: Readable,
  scan: Scan,
  signal: AbortSignal,
): Promise<ArchiveFacts> {
  let entries = 0
  let bytes = 0
  try {
    for await (const entry of entriesOf(tar)) {
      signal.throwIfAborted()
      entries += 1
      bytes += entry.header.size
      if (entries > limits.entries) throw tooLarge('100 000 files')
      if (bytes > limits.bytes) throw tooLarge('512 MiB')
      await inspectEntry(entry, scan)
    }
  } catch (cause) {
    if (cause instanceof SandboxError || signal.aborted) throw cause
    throw notAnArchive(cause)
  } finally {
    tar.destroy()
  }
  return { entries, bytes }
}

type Entry = AsyncIterable<Buffer> & { readonly header: Header; resume(): unknown }

function entriesOf(tar: Readable): AsyncIterable<Entry> {
  const extractor = extract()
  pipeline(tar, extractor as unknown as NodeJS.WritableStream, () => {})
  return extractor as unknown as AsyncIterable<Entry>
}

async function inspectEntry(entry: Entry, scan: Scan): Promise<void> {
  const { header } = entry
  const refusal = refusalOf(header)
  if (refusal) throw entryRefused(header.name, refusal)
  scan.name(header.name)
  if (header.type === 'file') await scan.content(header.name, entry)
  else entry.resume()
}

function refusalOf({ name, type, linkname }: Header): string | undefined {
  if (escapes(name)) return 'a path that leaves the workspace'
  if (type === 'file' || type === 'directory') return undefined
  if (type !== 'symlink') return `a ${type}, which cannot be copied in`
  const target = posix.join(posix.dirname(name), linkname)
  return posix.isAbsolute(linkname) || escapes(target)
    ? 'a link that leaves the workspace'
    : undefined
}

const escapes = (path: string) =>
  posix.isAbsolute(path) || posix.normalize(path).split('/')[0] === '..'
