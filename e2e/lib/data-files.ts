import type { Readable } from 'node:stream'
import { getContainerRuntimeClient } from 'testcontainers'

/** Every byte of a sandbox’s database directory, as the engine has it, in one tar. */
export async function dataFilesOf(sandbox: string, container: string): Promise<Buffer> {
  const docker = (await getContainerRuntimeClient()).container.dockerode
  const filters = {
    label: [`dev.stuntdouble.sandbox=${sandbox}`, `dev.stuntdouble.kind=${container}`],
  }
  const [found] = await docker.listContainers({ filters: JSON.stringify(filters) })
  if (!found) throw new Error(`no container ${container} of ${sandbox}`)
  const archive = (await docker
    .getContainer(found.Id)
    .getArchive({ path: '/var/lib/stuntdouble' })) as unknown as Readable
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What of `values` stands in `bytes`, letter by letter. */
export function survivors(values: readonly string[], bytes: Buffer): string[] {
  return values.filter((value) => bytes.includes(value))
}
