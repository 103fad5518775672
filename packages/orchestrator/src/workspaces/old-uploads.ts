import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../lib/clock.ts'

const keepMs = 3_600_000

/** What nobody comes back for. */
export interface OldUploads {
  /** Removes uploads older than an hour, and torn ones. */
  sweep(): Promise<void>
  /** Before anything is received: removes what an orchestrator that died had in its hands. */
  recover(): Promise<void>
}

export function createOldUploads(directory: string, clock: Clock): OldUploads {
  const paths = async () =>
    (await readdir(directory).catch(() => [])).map((name) => join(directory, name))
  const remove = (path: string) => rm(path, { recursive: true, force: true })

  return {
    async recover() {
      const torn = (await paths()).filter((path) => !path.endsWith('.tar'))
      await Promise.all(torn.map(remove))
    },
    async sweep() {
      for (const path of await paths()) {
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: clock() }))
        if (clock() - mtimeMs > keepMs) await remove(path)
      }
    },
  }
}
