import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { ImageContent } from '../engine.ts'

/** As the engine has it; the library has no type for it. */
type History = readonly { readonly CreatedBy: string }[]

/** What an image brings along besides the files that are seen: layers keep what a later one removed. */
export async function contentOf(
  docker: Docker,
  image: string,
  signal: AbortSignal,
): Promise<ImageContent> {
  const found = docker.getImage(image)
  const [{ Id, Config }, history] = await Promise.all([found.inspect(), found.history()])
  signal.throwIfAborted()
  return {
    digest: Id,
    settings: JSON.stringify(
      [Config, (history as History).map(({ CreatedBy }) => CreatedBy)],
      null,
      1,
    ),
    async layers() {
      const archive = (await found.get()) as Readable
      signal.addEventListener('abort', () => archive.destroy(), { once: true })
      return archive
    },
  }
}
