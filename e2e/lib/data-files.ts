import type { Readable } from 'node:stream'
import { GenericContainer, Wait } from 'testcontainers'
import { openEngine } from './container-runtime.ts'

/** Every byte of a sandbox’s database directory, as the engine has it, in one tar. */
export async function dataFilesOf(sandbox: string, container: string): Promise<Buffer> {
  return archiveOf(await containerOf(sandbox, container), '/var/lib/stuntdouble')
}

/** As the engine knows it. */
export async function containerOf(sandbox: string, container: string): Promise<string> {
  const docker = await openEngine()
  const labels = [`dev.stuntdouble.sandbox=${sandbox}`, `dev.stuntdouble.kind=${container}`]
  const [found] = await docker.listContainers({ filters: JSON.stringify({ label: labels }) })
  if (!found) throw new Error(`no container ${container} of ${sandbox}`)
  return found.Id
}

/** The same of a server that has held no data at all: its catalogs know many a place and a few names. */
export async function emptyDataFiles(image: string): Promise<Buffer> {
  await using container = await new GenericContainer(image)
    .withUser('999:999')
    .withCommand(['bash', '-c', 'initdb -D /tmp/data -E UTF8 >/dev/null && echo made && sleep 600'])
    .withLabels({ 'dev.stuntdouble.installation': 'test-empty' })
    .withWaitStrategy(Wait.forLogMessage(/made/))
    .start()
  return await archiveOf(container.getId(), '/tmp/data')
}

async function archiveOf(container: string, path: string): Promise<Buffer> {
  const docker = await openEngine()
  const archive = (await docker.getContainer(container).getArchive({ path })) as unknown as Readable
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const prefixBytes = 3

/** What of `values`, each of three bytes or more, stands in `bytes` letter by letter. One pass. */
export function survivors(values: readonly string[], bytes: Buffer): string[] {
  const byPrefix = Map.groupBy(
    values.map((value) => Buffer.from(value)),
    (value) => value.readUIntBE(0, prefixBytes),
  )
  const found = new Set<string>()
  for (let at = 0; at <= bytes.length - prefixBytes; at += 1) {
    const prefix = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    for (const value of byPrefix.get(prefix) ?? []) {
      if (bytes.subarray(at, at + value.length).equals(value)) found.add(value.toString())
    }
  }
  return [...found]
}
