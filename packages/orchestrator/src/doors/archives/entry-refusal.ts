import { posix } from 'node:path'
import type { Header } from 'tar-stream'

const longestName = 4096

/** Why an entry is not taken; undefined for plain files, directories and links that stay among them. */
export function entryRefusal({ name, type, linkname }: Header): string | undefined {
  if (!isName(name)) return 'which is no name'
  if (escapes(name)) return 'a path that leads out'
  if (type === 'file' || type === 'directory') return undefined
  if (type !== 'symlink') return `a ${type ?? 'thing of no kind'}, which is not unpacked`
  if (!isName(linkname)) return 'a link that leads nowhere'
  const target = posix.join(posix.dirname(name), linkname)
  return posix.isAbsolute(linkname) || escapes(target) ? 'a link that leads out' : undefined
}

const isName = (name: string | null | undefined): name is string =>
  Boolean(name) && !name?.includes('\0') && Buffer.byteLength(name ?? '') <= longestName

const escapes = (path: string) =>
  posix.isAbsolute(path) || posix.normalize(path).split('/')[0] === '..'
