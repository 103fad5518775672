import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import Docker from 'dockerode'
import { newSandboxId } from '../../lib/ids.ts'
import { type EngineUnderTest, execSpec } from '../contract-pods.ts'
import type { Engine } from '../engine.ts'
import { openDockerEngine } from './docker-engine.ts'
import { DockerVolumes } from './docker-volumes.ts'
import { label } from './labels.ts'

const imagesDirectory = join(import.meta.dirname, '../../../../../images')

/** A Docker engine with an installation of its own, whose traces go when it is disposed. */
export async function openDockerUnderTest(
  socketPath?: string,
): Promise<EngineUnderTest & { runDirectory: string }> {
  const runDirectory = await mkdtemp(join(tmpdir(), 'sd-'))
  const installation = `test-${newSandboxId()}`
  const engine = await openDockerEngine({
    ...(socketPath && { socketPath }),
    installation,
    runDirectory,
    imagesDirectory,
    poolBytes: 2 ** 30,
    mechanism: 'directory',
  })
  return {
    engine,
    runDirectory,
    image: 'stuntdouble/base:bookworm',
    now: Date.now,
    pass: (ms) => sleep(ms),
    listenInside: (pod, port, greeting) => listenInside(engine, pod, { port, greeting }),
    readOut: (pod) => perl(engine, pod, readAll),
    killContainer: (pod, name) => killContainer(installation, pod, name),
    async [Symbol.asyncDispose]() {
      const signal = AbortSignal.timeout(100_000)
      for (const { id } of await engine.list(signal)) await destroyAtLast(engine, id, signal)
      if (engine.volumes instanceof DockerVolumes) await engine.volumes.removePool(signal)
      await engine[Symbol.asyncDispose]()
      await rm(runDirectory, { recursive: true, force: true })
    },
  }
}

/** Again when it took too long, as the reconciler does: a second kernel under load may take a minute. */
async function destroyAtLast(engine: Engine, pod: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await engine.destroy(pod, signal)
    } catch (cause) {
      const tookTooLong = cause instanceof DOMException && cause.name === 'TimeoutError'
      if (!tookTooLong || signal.aborted) throw cause
    }
  }
}

const readAll = `
  use IO::Socket::INET;
  my $out = IO::Socket::INET->new("127.0.0.1:3128") or die $@;
  print while <$out>;`

/** Runs a Perl program in the workspace; minimal Debian has no other language. */
async function perl(engine: Engine, pod: string, program: string): Promise<string> {
  const command = execSpec(['perl', '-e', program])
  const run = await engine.exec(pod, 'workspace', command, AbortSignal.timeout(60_000))
  run.stdin.end()
  const [out, error, code] = await Promise.all([text(run.stdout), text(run.stderr), run.exit])
  if (code !== 0) throw new Error(`perl failed: ${error}`)
  return out
}

async function listenInside(
  engine: Engine,
  pod: string,
  { port, greeting }: { readonly port: number; readonly greeting: string },
): Promise<void> {
  const program = `
    use IO::Socket::INET;
    my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:${port}") or die $@;
    $| = 1; print "ready\\n";
    while (my $one = $server->accept) { print $one "${greeting}"; close $one }`
  const command = execSpec(['perl', '-e', program])
  const run = await engine.exec(pod, 'workspace', command, AbortSignal.timeout(60_000))
  const failed = text(run.stderr).then((error) => {
    throw new Error(`nothing listens: ${error}`)
  })
  await Promise.race([once(run.stdout, 'data'), failed])
  failed.catch(() => {})
}

async function killContainer(installation: string, pod: string, name: string): Promise<void> {
  const docker = new Docker()
  const wanted = [
    `${label.installation}=${installation}`,
    `${label.sandbox}=${pod}`,
    `${label.kind}=${name}`,
  ]
  const found = await docker.listContainers({ filters: JSON.stringify({ label: wanted }) })
  for (const { Id } of found) {
    await docker.getContainer(Id).kill()
    await docker.getContainer(Id).wait()
  }
}
