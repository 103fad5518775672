import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { GenericContainer } from 'testcontainers'
import { openEngine } from '../lib/container-runtime.ts'

export interface BuiltImage extends AsyncDisposable {
  readonly name: string
  /** All of it, as whoever is given it may read it. */
  saved(): Promise<Buffer>
}

/** An image of a few files, `secret.txt` and `harmless.txt` at hand. Disposal removes it. */
export async function buildImage(lines: readonly string[], secret: string): Promise<BuiltImage> {
  const docker = await openEngine()
  const context = await mkdtemp(join(tmpdir(), 'image-'))
  const name = `stuntdouble-test-hiding:${context.split('-').at(-1)?.toLowerCase()}`
  try {
    await writeFile(join(context, 'secret.txt'), `password = ${secret}\n`)
    await writeFile(join(context, 'harmless.txt'), 'password = to be filled in\n')
    await writeFile(join(context, 'Dockerfile'), ['FROM scratch', ...lines].join('\n'))
    await GenericContainer.fromDockerfile(context).build(name, { deleteOnExit: false })
  } finally {
    await rm(context, { recursive: true })
  }
  return {
    name,
    saved: async () => buffer((await docker.getImage(name).get()) as never),
    [Symbol.asyncDispose]: async () => void (await docker.getImage(name).remove({ force: true })),
  }
}
