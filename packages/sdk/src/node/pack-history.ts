import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack as createPack, type Pack } from 'tar-stream'

/**
 * A tar of a directory’s repository, below `.git`: for a look at what history holds, never for a
 * sandbox. Undefined where there is none. git itself is not asked, so nothing of it is run.
 */
export async function packHistory(directory: string): Promise<Readable | undefined> {
  const repository = await repositoryOf(join(directory, '.git'))
  if (repository === undefined) return undefined
  const pack = createPack()
  const archive = new PassThrough()
  // Whoever reads the archive is told of a failure by the archive itself.
  pipeline(pack, archive).catch(() => {})
  fill(pack, repository).catch((error: Error) => pack.destroy(error))
  return archive
}

/** A worktree’s `.git` is a file that leads to it. */
async function repositoryOf(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined || stats.isDirectory()) return stats && path
  const [, worktree] = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8')) ?? []
  if (worktree === undefined) return undefined
  const own = resolve(path, '..', worktree)
  const common = await readFile(join(own, 'commondir'), 'utf8').catch(() => '.')
  return resolve(own, common.trim())
}

async function fill(pack: Pack, repository: string): Promise<void> {
  for (const name of await readdir(repository, { recursive: true })) {
    const stats = await lstat(join(repository, name))
    if (!stats.isFile()) continue
    const header = { name: `.git/${name}`, size: stats.size }
    if (stats.size === 0) pack.entry(header, '')
    else {
      const content = createReadStream(join(repository, name), { end: stats.size - 1 })
      await pipeline(content, pack.entry(header))
    }
  }
  pack.finalize()
}
