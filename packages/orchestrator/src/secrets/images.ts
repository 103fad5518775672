import { Readable } from 'node:stream'
import type { OnProgress } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import type { Images } from '../engine/engine.ts'
import type { Migration, Storage } from '../storage/storage.ts'
import { secretsFound } from './errors.ts'
import { scanLayers } from './scan-image.ts'
import type { Secrets } from './secrets.ts'

export const imageScanMigrations: readonly Migration[] = [
  {
    name: 'image-scans-1',
    sql: `CREATE TABLE imageScans (
      digest TEXT NOT NULL,
      registered TEXT NOT NULL,
      PRIMARY KEY (digest, registered)
    ) STRICT`,
  },
]

/** Looks through the images that sandboxes are made of. */
export interface ImageScans {
  /**
   * Throws `secret_found` for one that holds a secret in a layer, its environment or its history. A
   * clean one is looked through once, until another secret is registered.
   */
  check(image: string, onProgress: OnProgress, signal: AbortSignal): Promise<void>
}

interface Parts {
  readonly images: Pick<Images, 'content'>
  readonly secrets: Secrets
  readonly storage: Storage
}

/** Built here, from files of ours and packages of the distribution alone. */
const isOurs = (image: string) => image.startsWith('stuntdouble/')

export function createImageScans({ images, secrets, storage: { sqlite } }: Parts): ImageScans {
  const find = sqlite.prepare('SELECT digest FROM imageScans WHERE digest = ? AND registered = ?')
  const keep = sqlite.prepare('INSERT OR IGNORE INTO imageScans (digest, registered) VALUES (?, ?)')

  return {
    async check(image, onProgress, signal) {
      if (isOurs(image)) return
      const { digest, settings, layers } = await images.content(image, signal)
      const key = [digest, secrets.digest] as const
      if (z.object({ digest: z.string() }).safeParse(find.get(...key)).success) return
      onProgress({ phase: 'scan', message: `Looking for secrets in ${image}` })
      await using scan = await secrets.scan(signal)
      await scan.content('settings', Readable.from([Buffer.from(settings)]))
      await scanLayers(scan, await layers())
      const report = await scan.finish()
      if (!report.clean) throw secretsFound(`The image ${image}`, report)
      keep.run(...key)
    },
  }
}
