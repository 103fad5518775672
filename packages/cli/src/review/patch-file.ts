import { createWriteStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { fileExists, tooLarge } from './errors.ts'

const limitBytes = 1_000_000_000

/** Writes a patch beside its place and gives it its name when all of it is there. Never over another file. */
export async function writePatchFile(
  patch: AsyncIterable<Uint8Array>,
  path: string,
): Promise<number> {
  const partial = `${path}.partial-${process.pid}`
  let size = 0
  async function* counted() {
    for await (const chunk of patch) {
      size += chunk.length
      if (size > limitBytes) throw tooLarge()
      yield chunk
    }
  }
  try {
    await pipeline(counted(), createWriteStream(partial, { flags: 'wx', mode: 0o600 }))
    await link(partial, path).catch((cause: unknown) => {
      throw fileExists(path, cause)
    })
    return size
  } finally {
    await rm(partial, { force: true })
  }
}
