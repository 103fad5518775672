import { constants } from 'node:fs'
import { lstat, open, readlink, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import ignore from 'ignore'
import { pack as createPack, type Pack } from 'tar-stream'
import { neverCopied, secretNames } from './left-out.ts'
import { workspaceTooLarge, workspaceUnreadable } from './workspace-errors.ts'
import { workspaceFiles } from './workspace-files.ts'

export interface PackedWorkspace {
  /** A tar archive; reading it reads the files. */
  readonly archive: Readable
  readonly entries: number
  readonly bytes: number
  /** What looks like a secret by its name, links that lead out, repositories within. All stayed behind. */
  readonly leftOut: readonly string[]
}

export interface WorkspaceLimits {
  readonly bytes: number
  readonly entries: number
}

const limits: WorkspaceLimits = { bytes: 512 * 1024 ** 2, entries: 100_000 }

/**
 * Packs a directory as an agent may have it: what git knows or would not ignore, without secrets
 * known by name, and without the repository itself. Links are kept as links, and only when they stay
 * inside. Devices, sockets and pipes are skipped.
 */
export async function packWorkspace(
  directory: string,
  allowed: WorkspaceLimits = limits,
): Promise<PackedWorkspace> {
  const root = await realpath(directory).catch((cause: unknown) => {
    throw workspaceUnreadable(directory, cause)
  })
  const { kept, leftOut } = await choose(root)
  const bytes = kept.reduce((total, { size }) => total + size, 0)
  if (kept.length > allowed.entries || bytes > allowed.bytes) {
    throw workspaceTooLarge({ entries: kept.length, bytes, ...worst(kept) }, allowed)
  }
  return { archive: archiveOf(root, kept), entries: kept.length, bytes, leftOut }
}

interface Entry {
  readonly path: string
  readonly size: number
  readonly mode: number
  readonly modifiedAt: Date
  /** Of a symbolic link. */
  readonly target?: string
}

async function choose(root: string): Promise<{ kept: Entry[]; leftOut: string[] }> {
  const never = ignore({ ignorecase: true }).add([...neverCopied])
  const secret = ignore({ ignorecase: true }).add([...secretNames])
  const paths = (await workspaceFiles(root)).filter((path) => !never.ignores(path))
  const kept: Entry[] = []
  const leftOut = paths.filter((path) => secret.ignores(path))
  for (const path of paths.filter((path) => !secret.ignores(path))) {
    const entry = await entryOf(root, path)
    if (entry === 'leave out') leftOut.push(path)
    else if (entry) kept.push(entry)
  }
  return { kept, leftOut: leftOut.sort() }
}

/**
 * Undefined for what is no file or link, and for what git remembers and the disk does not. A directory
 * stands in git’s list only when it is a repository of its own.
 */
async function entryOf(root: string, path: string): Promise<Entry | 'leave out' | undefined> {
  const file = join(root, path)
  // A tracked path below a directory that has become a link would be read through that link.
  if ((await realpath(dirname(file)).catch(() => undefined)) !== dirname(file)) return undefined
  const stats = await lstat(file).catch(() => undefined)
  if (!stats) return undefined
  const entry = { path, mode: stats.mode & 0o777, modifiedAt: stats.mtime }
  if (stats.isFile()) return { ...entry, size: stats.size }
  if (stats.isDirectory()) return 'leave out'
  if (!stats.isSymbolicLink()) return undefined
  const target = await readlink(file)
  return staysInside(root, file, target) ? { ...entry, size: 0, target } : 'leave out'
}

function staysInside(root: string, link: string, target: string): boolean {
  const path = relative(root, resolve(dirname(link), target))
  return !isAbsolute(target) && path !== '..' && !path.startsWith('../')
}

function archiveOf(root: string, entries: readonly Entry[]): Readable {
  const pack = createPack()
  const archive = new PassThrough()
  // Whoever reads the archive is told of a failure by the archive itself.
  pipeline(pack, archive).catch(() => {})
  fill(pack, root, entries).catch((error: Error) => pack.destroy(error))
  return archive
}

async function fill(pack: Pack, root: string, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) {
    if (pack.destroyed) return
    if (entry.target === undefined) await addFile(pack, join(root, entry.path), entry)
    else pack.entry({ ...headerOf(entry), type: 'symlink', linkname: entry.target })
  }
  pack.finalize()
}

/**
 * Exactly as many bytes as were promised: a file that grows meanwhile is cut, one that shrinks fails,
 * and so does one that has become a link since it was looked at.
 */
async function addFile(pack: Pack, file: string, entry: Entry): Promise<void> {
  const header = { ...headerOf(entry), size: entry.size }
  if (entry.size === 0) {
    pack.entry(header, '')
    return
  }
  const sink = pack.entry(header)
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW)
  await pipeline(handle.createReadStream({ end: entry.size - 1 }), sink)
}

const headerOf = ({ path, mode, modifiedAt }: Entry) => ({
  name: path,
  mode,
  mtime: modifiedAt,
  uid: 1000,
  gid: 1000,
})

function worst(entries: readonly Entry[]): { readonly largest: string } {
  const largest = entries.reduce((most, entry) => (entry.size > most.size ? entry : most))
  return { largest: largest.path }
}
