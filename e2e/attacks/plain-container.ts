import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { GenericContainer } from 'testcontainers'
import { openEngine } from '../lib/container-runtime.ts'
import { ensureImage } from '../lib/images.ts'

/** What an agent gets where nobody thought about it: the same image and root. */
export interface PlainContainer extends AsyncDisposable {
  /** The engine’s. */
  readonly id: string
  said(script: string): Promise<string>
  pythonSaid(program: string): Promise<string>
}

const image = 'stuntdouble/workspace'

export async function startPlain(network?: 'host'): Promise<PlainContainer> {
  await ensureImage(image)
  await openEngine()
  const plain = new GenericContainer(image)
    .withUser('root')
    .withCommand(['sleep', 'infinity'])
    .withLabels({ 'dev.stuntdouble.installation': 'test-plain' })
    .withBindMounts([{ source: '/var/run/docker.sock', target: '/var/run/docker.sock' }])
    // Where an agent was in the way of its container, this is what is done.
    .withSecurityOpt('seccomp=unconfined')
    .withAddedCapabilities('SYS_ADMIN', 'SYS_PTRACE', 'SYSLOG')
  const started = await (network ? plain.withNetworkMode(network) : plain).start()
  return plainOf(started.getId())
}

/** One that runs already. Disposal removes it, and is content when it is gone. */
export function plainOf(id: string): PlainContainer {
  return {
    id,
    said: (script) => run(id, ['bash', '-c', script]),
    pythonSaid: (program) => run(id, ['python3', '-c', program]),
    [Symbol.asyncDispose]: () => removeContainer(id),
  }
}

export async function removeContainer(id: string): Promise<void> {
  const container = (await openEngine()).getContainer(id)
  await container.remove({ force: true, v: true }).catch((cause: { statusCode?: number }) => {
    if (cause.statusCode !== 404) throw cause
  })
}

async function run(id: string, command: readonly string[]): Promise<string> {
  const docker = await openEngine()
  const exec = await docker
    .getContainer(id)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true })
  const stream = await exec.start({})
  const output = new PassThrough()
  docker.modem.demuxStream(stream, output, output)
  stream.once('end', () => output.end())
  return text(output)
}

/** Without the engine's own filter, and with every capability that its host may have lost. */
export const withEveryPower = {
  SecurityOpt: ['seccomp=unconfined'],
  CapAdd: ['ALL'],
  CapDrop: ['SYS_RESOURCE'],
} as const

/**
 * A container with the engine's defaults, but for what keeps this machine safe from what is tried in
 * it. Runs one script and is gone.
 */
export async function plainSaid(script: string, powers: object = {}): Promise<string> {
  await ensureImage(image)
  const engine = await openEngine()
  const container = await engine.createContainer({
    ...{ Image: image, User: 'root', Tty: true, Cmd: ['bash', '-c', script] },
    Labels: { 'dev.stuntdouble.installation': 'test-plain' },
    HostConfig: { Memory: 1024 ** 3, MemorySwap: 1024 ** 3, PidsLimit: 1024, ...powers },
  })
  try {
    await container.start()
    await container.wait()
    return String(await container.logs({ stdout: true, stderr: true })).replaceAll('\r\n', '\n')
  } finally {
    await container.remove({ force: true, v: true })
  }
}
