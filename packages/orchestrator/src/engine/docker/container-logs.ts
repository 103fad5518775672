import { Readable, Writable } from 'node:stream'
import { demultiplex } from './demultiplex.ts'
import type { DockerClient } from './docker-client.ts'

/** The end of what a container wrote. The engine keeps a megabyte at most, so reading it all is bounded. */
export async function readLogs(
  client: DockerClient,
  { id, bytes }: { readonly id: string; readonly bytes: number },
  signal: AbortSignal,
): Promise<string> {
  const framed = await client.call('reading a log', (docker) =>
    docker.getContainer(id).logs({ stdout: true, stderr: true, abortSignal: signal }),
  )
  const parts: Buffer[] = []
  const collect = new Writable({
    write: (part: Buffer, _, done) => {
      parts.push(part)
      done()
    },
  })
  await demultiplex(Readable.from([framed], { objectMode: false }), {
    stdout: collect,
    stderr: collect,
  })
  return Buffer.concat(parts).subarray(-bytes).toString('utf8')
}
