import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { openEngine } from '../lib/container-runtime.ts'

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** `docker exec`, as the container's own user. */
export async function runInside(
  id: string,
  command: readonly string[],
  env: readonly string[] = [],
): Promise<Ran> {
  const engine = await openEngine()
  const exec = await engine.getContainer(id).exec({
    ...{ Cmd: [...command], Env: [...env], AttachStdout: true, AttachStderr: true },
  })
  const stream = await exec.start({})
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  engine.modem.demuxStream(stream, stdout, stderr)
  stream.once('end', () => {
    stdout.end()
    stderr.end()
  })
  const [said, complained] = await Promise.all([text(stdout), text(stderr)])
  const { ExitCode } = await exec.inspect()
  return { exitCode: ExitCode ?? -1, stdout: said, stderr: complained }
}
