import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import xz from 'xz-decompress'
import { fromBufferPromise } from 'yauzl'
import { peek } from './peek.ts'
import { tarEntriesIn } from './tar-entries.ts'

export type ArchiveKind = 'zip' | 'tar' | 'gzip' | 'zstd' | 'xz' | 'closed'

const begins: readonly (readonly [ArchiveKind, Buffer])[] = (
  [
    ['zip', '504b0304'],
    ['zip', '504b0506'],
    ['gzip', '1f8b08'],
    ['zstd', '28b52ffd'],
    ['xz', 'fd377a585a00'],
    // 7z, RAR.
    ['closed', '377abcaf271c'],
    ['closed', '526172211a07'],
  ] as const
).map(([kind, hex]) => [kind, Buffer.from(hex, 'hex')])

/** By how it begins, never by its name. `closed` is a kind that we cannot open. */
export function archiveKindOf(head: Buffer): ArchiveKind | undefined {
  const known = begins.find(([, magic]) => head.subarray(0, magic.length).equals(magic))
  if (known) return known[0]
  return /^ustar[\0 ]$/.test(head.toString('latin1', 257, 263)) ? 'tar' : undefined
}

export interface ArchiveEntry {
  /** Empty for what was compressed alone. */
  readonly name: string
  /** Read it to its end before the next is asked for. */
  readonly content: AsyncIterable<Buffer>
}

/** What is inside. Throws for what cannot be opened, such as one with a password. */
export async function* entriesOf(kind: ArchiveKind, bytes: Buffer): AsyncGenerator<ArchiveEntry> {
  if (kind === 'zip') yield* entriesOfZip(bytes)
  else if (kind === 'tar') yield* tarEntriesIn(Readable.from([bytes]))
  else if (kind === 'closed') throw new Error('a kind that cannot be opened')
  else yield* entriesOfStream(expanded(kind, bytes))
}

function expanded(kind: 'gzip' | 'zstd' | 'xz', bytes: Buffer): AsyncIterable<Buffer> {
  if (kind === 'xz') return expandedXz(bytes)
  const stream = kind === 'gzip' ? createGunzip() : createZstdDecompress()
  stream.end(bytes)
  return stream
}

async function* expandedXz(bytes: Buffer): AsyncGenerator<Buffer> {
  const compressed = new Blob([new Uint8Array(bytes)]).stream()
  for await (const chunk of new xz.XzReadableStream(compressed)) yield Buffer.from(chunk)
}

/** Compressed as a whole: a tar, or one file. */
async function* entriesOfStream(stream: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry> {
  const { head, whole } = await peek(stream)
  if (archiveKindOf(head) === 'tar') yield* tarEntriesIn(Readable.from(whole))
  else yield { name: '', content: whole }
}

async function* entriesOfZip(bytes: Buffer): AsyncGenerator<ArchiveEntry> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true })
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted()) throw new Error('it has a password')
    yield { name: entry.fileName, content: await zip.openReadStreamPromise(entry) }
  }
}
