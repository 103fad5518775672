import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'
import type { Entry, EntryPart, Exec } from '../entries.ts'
import { dataDirectory } from './containers.ts'
import { copyFailed } from './errors.ts'
import { file } from './walk.ts'

const command = ['tar', '--create', '--file=-', '--format=gnu', `--directory=${dataDirectory}`, '.']

/** A piece of text ends within what would be found; so the next begins before that. */
const overlapBytes = 512

/** Reads the copy as one archive: a file must be read, or left, before the next is asked for. */
export class ReadingBack {
  #content: AsyncIterable<Buffer> | undefined

  async *list(exec: Exec, signal: AbortSignal): AsyncGenerator<readonly Entry[]> {
    const process = await exec(command, signal)
    process.stderr.resume()
    const archive = extract()
    const piped = pipeline(process.stdout, archive, { signal })
    piped.catch(() => {})
    for await (const entry of archive) {
      const { name, type, size = 0 } = entry.header
      this.#content = entry as AsyncIterable<Buffer>
      if (type === 'file') yield [{ name: nameOf(name), type: file, sizeBytes: size, ttlMs: null }]
      entry.resume()
      // Who asks one that broke meanwhile for its next entry waits for ever.
      if (archive.destroyed) break
    }
    await piped
    const exitCode = await process.exit
    if (exitCode !== 0) throw copyFailed('being read back', exitCode)
  }

  /** What is text of the file that was listed last: in a picture there is nothing to be read. */
  async *read(): AsyncGenerator<readonly EntryPart[]> {
    let before = Buffer.alloc(0)
    let isText = true
    for await (const chunk of this.#content ?? []) {
      // The archive goes on where this ends: it must not be left before.
      isText &&= !chunk.includes(0)
      if (!isText) continue
      const value = Buffer.concat([before, chunk])
      before = value.subarray(-overlapBytes)
      yield [{ value }]
    }
  }
}

const nameOf = (path: string) => Buffer.from(path.replace(/^\.\//, ''))
