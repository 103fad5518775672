import { pipeline, type Readable } from 'node:stream'
import { isRepositoryName } from '@stuntdouble/sdk/repository-names'
import { extract, type Header } from 'tar-stream'

/** A path as its bytes, one character each: names in a sandbox need not be UTF-8. */
export type RawPath = string

export interface TreeEntry {
  readonly path: RawPath
  readonly mode: '100644' | '100755' | '120000'
  /** Of the content, or of where a link points. */
  readonly size: number
  readonly content: AsyncIterable<Buffer>
}

type Entry = AsyncIterable<Buffer> & {
  readonly header: Header & {
    readonly pax?: { readonly path?: string; readonly linkpath?: string }
  }
  resume(): unknown
}

/**
 * The files and links of a tar that git can hold, each to be read before the next. Everything else is
 * passed over: the archive may be an agent’s.
 */
export async function* treeEntries(tar: Readable): AsyncGenerator<TreeEntry> {
  const options: object = { filenameEncoding: 'latin1' }
  const extractor = extract(options) as unknown as NodeJS.WritableStream & AsyncIterable<Entry>
  pipeline(tar, extractor, () => {})
  for await (const entry of extractor) {
    const { header } = entry
    const path = rawName(header.name, header.pax?.path).replace(/^(?:\.\/)+/, '')
    const mode = modeOf(header)
    if (mode === undefined || !isPlainPath(path)) {
      entry.resume()
    } else if (mode === '120000') {
      entry.resume()
      const target = Buffer.from(rawName(header.linkname ?? '', header.pax?.linkpath), 'latin1')
      yield { path, mode, size: target.length, content: once(target) }
    } else {
      if (!Number.isSafeInteger(header.size)) throw new Error('an entry of no size')
      yield { path, mode, size: header.size ?? 0, content: entry }
    }
  }
}

async function* once(bytes: Buffer) {
  yield bytes
}

/** What a PAX header names is text; anything else came as bytes. */
const rawName = (name: string, pax: string | undefined) =>
  pax === undefined ? name : Buffer.from(pax, 'utf8').toString('latin1')

function modeOf({ type, mode = 0 }: Header): TreeEntry['mode'] | undefined {
  if (type === 'symlink') return '120000'
  if (type !== 'file') return undefined
  return mode & 0o100 ? '100755' : '100644'
}

/** Relative, without a step up, and nothing that git would take for a repository. */
export const isPlainPath = (path: RawPath) =>
  path !== '' &&
  path
    .split('/')
    .every((part) => !['', '.', '..'].includes(part) && !isRepositoryName(shownPath(part)))

export const shownPath = (path: RawPath) => Buffer.from(path, 'latin1').toString('utf8')
