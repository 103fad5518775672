import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pack as newPack, type Pack } from 'tar-stream'
import { type Architecture, fetchPackage, nodePackages, packPackage } from './image-npm.ts'
import type { ImageRecipe } from './image-recipes.ts'

/** One file of a build context. The executable bit is all that is kept of its mode. */
interface ContextFile {
  readonly path: string
  readonly mode: number
  readonly content: Buffer
}

/** What an image is built from, told apart by its digest: the same digest, the same image. */
export interface ImageContext {
  readonly digest: string
  /** The tar archive that the engine builds. The caller destroys it. */
  open(signal: AbortSignal): Readable
}

export interface ImagePlaces {
  /** The repository's images/. */
  readonly directory: string
  /** Where packages are kept while an archive is made of them; the system’s temporary directory when left out. */
  readonly scratch?: string | undefined
}

export async function readContext(
  { directory, scratch: kept = tmpdir() }: ImagePlaces,
  recipe: ImageRecipe,
  architecture: Architecture,
): Promise<ImageContext> {
  const files = await readFiles(join(directory, recipe.folder))
  const packages = recipe.node ? nodePackages(architecture) : []
  const hash = createHash('sha256')
  const parts = packages.map(({ spec, integrity }) => [spec, integrity])
  hash.update(JSON.stringify([recipe.suite, recipe.args, architecture, parts]))
  for (const { path, mode, content } of files) {
    hash.update(JSON.stringify([path, mode, content.length])).update(content)
  }

  const fill = async (pack: Pack, signal: AbortSignal) => {
    for (const { path, mode, content } of files) pack.entry({ name: path, mode }, content)
    for (const each of packages) {
      await mkdir(kept, { recursive: true })
      const scratch = await mkdtemp(join(kept, 'stuntdouble-image-'))
      try {
        const file = await fetchPackage(each, scratch, signal)
        await packPackage({ pack, file, signal }, each)
      } finally {
        await rm(scratch, { recursive: true, force: true })
      }
    }
    pack.finalize()
  }

  return {
    digest: hash.digest('hex'),
    open: (signal) => {
      const pack = newPack()
      const archive = Readable.from(pack)
      const closed = new AbortController()
      archive.once('close', () => closed.abort(new Error('the archive is not read any more')))
      fill(pack, AbortSignal.any([signal, closed.signal])).catch((cause) => archive.destroy(cause))
      return archive
    },
  }
}

async function readFiles(root: string): Promise<readonly ContextFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(
    paths.map(async (path) => ({
      path: path.slice(root.length + 1),
      mode: (await stat(path)).mode & 0o100 ? 0o755 : 0o644,
      content: await readFile(path),
    })),
  )
}
