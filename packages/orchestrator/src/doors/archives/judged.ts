import { posix } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { pipeline as piped } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { extract, type Header, pack } from 'tar-stream'
import { bounded } from '../../lib/bounded.ts'
import { type Registered, withoutRegistered } from '../../secrets/secrets.ts'
import { beginningOf } from '../beginning-of.ts'
import { entryRefusal } from './entry-refusal.ts'
import { archiveTooLarge, entryRefused, notAnArchive } from './errors.ts'

export interface ArchiveLimits {
  readonly entries: number
  /** Unpacked, headers and all. */
  readonly bytes: number
}

export interface Judged {
  /** What may be unpacked, written anew. Read it to its end; it fails where the archive is refused. */
  readonly tar: AsyncIterable<Buffer>
  /** Counted as it is read. */
  readonly facts: { entries: number; bytes: number }
}

type Entry = Readable & { readonly header: Header }

const gzipMagic = Buffer.from('1f8b', 'hex')
/**
 * An archive of anybody’s, as it is or with gzip, of which only what was looked at goes on: under
 * headers of ours, without what leads out, without registered secrets, as much as `limits` allow.
 */
export function judged(
  body: AsyncIterable<Buffer>,
  registered: Registered,
  limits: ArchiveLimits,
): Judged {
  const facts = { entries: 0, bytes: 0 }
  const target = pack()
  const source = extract() as unknown as NodeJS.WritableStream & AsyncIterable<Entry>
  const plain = bounded(limits.bytes, () => archiveTooLarge(`${limits.bytes / 1024 ** 3} GiB`))
  pipeline(Readable.from(plain(unzipped(body))), source, () => {})

  async function take(entry: Entry): Promise<void> {
    const { header } = entry
    facts.entries += 1
    if (facts.entries > limits.entries) throw archiveTooLarge(`${limits.entries} entries`)
    const why = entryRefusal(header)
    if (why) throw entryRefused(header.name, why)
    if (header.type !== 'file') {
      entry.resume()
      target.entry(headerOf(header))
      return
    }
    const content = withoutRegistered(registered, header.name, sized(entry))
    await piped(Readable.from(content), target.entry(headerOf(header)))
  }

  async function* sized(entry: AsyncIterable<Buffer>) {
    try {
      for await (const chunk of entry) {
        facts.bytes += chunk.length
        yield chunk
      }
    } catch (cause) {
      throw asRefusal(cause)
    }
  }

  async function fill(): Promise<void> {
    for await (const entry of source) await take(entry)
    target.finalize()
  }
  fill().catch((cause) => {
    target.destroy(asRefusal(cause))
  })
  return { tar: target as unknown as AsyncIterable<Buffer>, facts }
}

/** What the library, or gzip, finds wrong. */
const asRefusal = (cause: unknown) => (cause instanceof SandboxError ? cause : notAnArchive(cause))

/** By how it begins: what a client says of its type is often wrong. */
async function* unzipped(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { held, rest } = await beginningOf(chunksOf(body), 1)
  const whole = rest ?? Readable.from([held])
  if (!held.subarray(0, 2).equals(gzipMagic)) {
    yield* whole as AsyncIterable<Buffer>
    return
  }
  const plain = createGunzip()
  pipeline(Readable.from(whole), plain, () => {})
  yield* plain as AsyncIterable<Buffer>
}

async function* chunksOf(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* body
}

/** Nobody’s ids, no bits that make a program another’s. */
const headerOf = ({ name, type, size, mode = 0o644, mtime, linkname }: Header) => ({
  name: posix.normalize(name),
  type,
  size: type === 'file' ? size : 0,
  mode: mode & 0o777,
  mtime,
  ...(type === 'symlink' && { linkname }),
})
