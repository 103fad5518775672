import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { archiveKindOf } from './archives.ts'
import { peek } from './peek.ts'
import type { Scan } from './scan.ts'
import { type TarEntry, tarEntriesIn } from './tar-entries.ts'

/**
 * What comes with every distribution: certificates of tests, examples in documentation. There only
 * registered secrets are looked for.
 */
const ofTheSystem =
  /^(?:usr\/(?!src\/)|lib|bin\/|sbin\/|boot\/|etc\/|var\/(?:lib|cache)\/)|\/(?:node_modules|site-packages|dist-packages)\//

/** Reads what `docker save` writes to its end: every layer, with what a later one hides. */
export async function scanLayers(scan: Scan, archive: Readable): Promise<void> {
  for await (const { name, content } of filesIn(archive)) {
    const { head, whole } = await peek(content)
    const kind = archiveKindOf(head)
    if (kind === 'tar') await scanLayer(scan, name, Readable.from(whole))
    else if (kind === 'gzip') {
      const layer = createGunzip()
      Readable.from(whole)
        .on('error', (cause) => layer.destroy(cause))
        .pipe(layer)
      await scanLayer(scan, name, layer)
    } else await scan.content(name, whole)
  }
}

async function scanLayer(scan: Scan, layer: string, tar: Readable): Promise<void> {
  const place = layer.replace(/^blobs\/sha256\//, '').slice(0, 12)
  for await (const { name, content } of filesIn(tar)) {
    const path = name.replace(/^\.?\//, '')
    const file = `layer ${place}: /${path}`
    if (ofTheSystem.test(path)) await scan.registered(file, content)
    else {
      scan.name(path, file)
      await scan.content(file, content)
    }
  }
}

async function* filesIn(tar: Readable): AsyncGenerator<TarEntry> {
  for await (const entry of tarEntriesIn(tar)) if (entry.type === 'file') yield entry
}
