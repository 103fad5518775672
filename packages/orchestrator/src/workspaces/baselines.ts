import { createReadStream } from 'node:fs'
import { access, link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import type { Resource } from '../engine/engine.ts'

/**
 * What went into each sandbox, as a tar of the orchestrator’s: the agent cannot reach it, so what is
 * compared with it later is compared with the truth.
 */
export interface Baselines {
  /** Keeps an upload for as long as the sandbox lives. Idempotent, and no second copy on the disk. */
  keep(sandbox: string, archive: string): Promise<void>
  /** Keeps for one sandbox what is kept for another, if anything is. Idempotent. */
  inherit(from: string, to: string): Promise<void>
  /** The archive; an empty one where nothing went in. The caller reads it or destroys it. */
  open(sandbox: string): Readable
  /** The archive, if there is one. */
  traces(sandbox: string): Promise<readonly Resource[]>
  /** Content when there is none. */
  forget(sandbox: string): Promise<void>
}

export function createBaselines(directory: string): Baselines {
  const pathOf = (sandbox: string) => join(directory, `${sandbox}.tar`)

  return {
    async keep(sandbox, archive) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await link(archive, pathOf(sandbox)).catch(ignore('EEXIST'))
    },
    inherit: (from, to) => link(pathOf(from), pathOf(to)).catch(ignore('EEXIST', 'ENOENT')),
    open: (sandbox) => Readable.from(readOr(pathOf(sandbox), emptyArchive), { objectMode: false }),
    async traces(sandbox) {
      const path = pathOf(sandbox)
      const isThere = await access(path).then(() => true, ignore('ENOENT'))
      return isThere ? [{ kind: 'file', id: path, name: 'baseline of the workspace' }] : []
    },
    forget: (sandbox) => rm(pathOf(sandbox), { force: true }),
  }
}

async function* readOr(path: string, otherwise: () => AsyncIterable<Buffer>) {
  try {
    yield* createReadStream(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    yield* otherwise()
  }
}

function emptyArchive(): AsyncIterable<Buffer> {
  const tar = pack()
  tar.finalize()
  return tar as unknown as AsyncIterable<Buffer>
}

const ignore =
  (...codes: readonly string[]) =>
  (cause: NodeJS.ErrnoException) => {
    if (!codes.includes(cause.code ?? '')) throw cause
  }
