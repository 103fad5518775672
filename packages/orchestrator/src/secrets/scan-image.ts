import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { archiveKindOf } from './archives.ts'
import type { Scan } from './scan.ts'

/**
 * What comes with every distribution: certificates of tests, examples in documentation. There only
 * registered secrets are looked for.
 */
const ofTheSystem =
  /^(?:usr\/(?!src\/)|lib|bin\/|sbin\/|boot\/|etc\/|var\/(?:lib|cache)\/)|\/(?:node_modules|site-packages|dist-packages)\//

/** Reads what `docker save` writes to its end: every layer, with what a later one hides. */
export async function scanLayers(scan: Scan, archive: Readable): Promise<void> {
  for await (const { name, content } of filesIn(archive)) {
    const [head, whole] = await peek(content)
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

interface FileInTar {
  readonly name: string
  readonly content: AsyncIterable<Buffer>
}

async function* filesIn(tar: Readable): AsyncGenerator<FileInTar> {
  const archive = extract()
  tar.on('error', (cause) => archive.destroy(cause))
  tar.pipe(archive as unknown as NodeJS.WritableStream)
  for await (const entry of archive) {
    if (entry.header.type === 'file')
      yield { name: entry.header.name, content: entry as AsyncIterable<Buffer> }
    entry.resume()
  }
}

async function peek(
  content: AsyncIterable<Buffer>,
): Promise<[head: Buffer, whole: AsyncIterable<Buffer>]> {
  const chunks = content[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 512) {
    const { value, done } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  const whole = async function* () {
    yield head
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
  }
  return [head, whole()]
}
