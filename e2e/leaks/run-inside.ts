import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { openEngine } from '../lib/container-runtime.ts'

/** What a shell command writes to its output, in a container that runs. Throws when it fails. */
export async function runInside(
  container: string,
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const engine = await openEngine()
  const exec = await engine.getContainer(container).exec({
    Cmd: ['bash', '-c', command],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...{ AttachStdout: true, AttachStderr: true },
  })
  const stream = await exec.start({})
  const out: Buffer[] = []
  const complaints: Buffer[] = []
  const sink = (chunks: Buffer[]) =>
    new Writable({
      write(chunk, _, done) {
        chunks.push(chunk)
        done()
      },
    })
  engine.modem.demuxStream(stream, sink(out), sink(complaints))
  await finished(stream)
  const { ExitCode } = await exec.inspect()
  if (ExitCode !== 0)
    throw new Error(`${command.slice(0, 60)}: ${Buffer.concat(complaints).toString().slice(-2000)}`)
  return Buffer.concat(out)
}
