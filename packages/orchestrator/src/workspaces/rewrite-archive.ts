import { posix } from 'node:path'
import { pipeline, type Readable } from 'node:stream'
import { pipeline as piped } from 'node:stream/promises'
import { isRepositoryName } from '@stuntdouble/sdk/repository-names'
import { extract, type Header, pack } from 'tar-stream'
import { isSecretName } from '../secrets/secrets.ts'

type Entry = Readable & { readonly header: Header }

/**
 * The same files in an archive of ours: files, directories and inner links, with the modes that we
 * give. What looks like a secret by its name, or leads out, is left out as it is of a directory.
 */
export function rewritten(tar: Readable, onLeftOut: (path: string) => void): AsyncIterable<Buffer> {
  const target = pack()
  const source = extract() as unknown as NodeJS.WritableStream & AsyncIterable<Entry>
  pipeline(tar, source, () => {})
  const fill = async () => {
    for await (const entry of source) {
      const path = posix.normalize(entry.header.name).replace(/\/$/, '')
      const why = isWanted(path, entry.header)
      if (!why) {
        if (path !== '.') onLeftOut(path)
        entry.resume()
      } else if (entry.header.type === 'file') {
        await piped(entry, target.entry({ ...headerOf(path, entry.header), type: 'file' }))
      } else {
        entry.resume()
        target.entry(headerOf(path, entry.header))
      }
    }
    target.finalize()
  }
  fill().catch((cause: Error) => target.destroy(cause))
  return target as unknown as AsyncIterable<Buffer>
}

const headerOf = (name: string, { type, size, mode = 0, linkname }: Header) => ({
  name,
  type,
  size: type === 'file' ? size : 0,
  mode: type === 'directory' || mode & 0o100 ? 0o755 : 0o644,
  mtime: new Date(),
  ...(type === 'symlink' && { linkname }),
})

function isWanted(path: string, { type, linkname }: Header): boolean {
  if (path === '.' || escapes(path) || path.split('/').some(isRepositoryName)) return false
  if (isSecretName(path)) return false
  if (type === 'file' || type === 'directory') return true
  if (type !== 'symlink' || !linkname || posix.isAbsolute(linkname)) return false
  return !escapes(posix.join(posix.dirname(path), linkname))
}

const escapes = (path: string) =>
  posix.isAbsolute(path) || posix.normalize(path).split('/')[0] === '..'
