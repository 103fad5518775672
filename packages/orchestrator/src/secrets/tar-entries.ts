import type { Readable } from 'node:stream'
import { extract } from 'tar-stream'

export interface TarEntry {
  readonly name: string
  readonly type: string | null | undefined
  /** Read it to its end before the next is asked for, or leave all of it. */
  readonly content: AsyncIterable<Buffer>
}

/** What stands in a tar, whatever it is. Throws for one that breaks off. */
export async function* tarEntriesIn(tar: Readable): AsyncGenerator<TarEntry> {
  const archive = extract()
  tar.on('error', (cause) => archive.destroy(cause))
  tar.pipe(archive as unknown as NodeJS.WritableStream)
  for await (const entry of archive) {
    const { name, type } = entry.header
    yield { name, type, content: entry as AsyncIterable<Buffer> }
    entry.resume()
  }
}
