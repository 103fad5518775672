import { join } from 'node:path'
import Docker from 'dockerode'
import { newSandboxId } from '../../lib/ids.ts'
import type { VolumesUnderTest } from '../volumes-contract.ts'
import { openDockerImages } from './docker-images.ts'
import { type DockerVolumes, openDockerVolumes } from './docker-volumes.ts'

const imagesDirectory = join(import.meta.dirname, '../../../../../images')
const smallPoolBytes = 2 * 1024 ** 3

export interface DockerVolumesUnderTest extends VolumesUnderTest {
  readonly docker: Docker
  readonly installation: string
  readonly volumes: DockerVolumes
  reopen(): Promise<DockerVolumes>
  /** Runs a shell line as the volume's owner where it is mounted. */
  inside(volume: string, line: string): Promise<{ exitCode: number; output: string }>
}

/** A pool of an installation of its own; all of it goes when it is disposed, its loop device too. */
export async function openVolumesUnderTest(
  mechanism?: 'reflink' | 'directory',
  docker = new Docker(),
): Promise<DockerVolumesUnderTest> {
  const installation = `test-${newSandboxId()}`
  const images = openDockerImages({ docker, directory: imagesDirectory })
  const open = () =>
    openDockerVolumes({
      docker,
      installation,
      images,
      poolBytes: smallPoolBytes,
      ...(mechanism && { mechanism }),
    })
  const volumes = open()
  const inside = (volume: string, line: string) => run(docker, volume, line)
  return {
    docker,
    installation,
    volumes,
    // Names are the engine's own: a run must not meet another's.
    named: (name) => `${installation}-${name}`,
    inside,
    reopen: async () => open(),
    async write(volume, path, text) {
      const { exitCode, output } = await inside(volume, `printf %s '${text}' > '${path}'`)
      if (exitCode !== 0) throw new Error(output)
    },
    async read(volume, path) {
      const { exitCode, output } = await inside(volume, `cat '${path}'`)
      return exitCode === 0 ? output : null
    },
    [Symbol.asyncDispose]: () => volumes.removePool(AbortSignal.timeout(60_000)),
  }
}

async function run(docker: Docker, volume: string, line: string) {
  const container = await docker.createContainer({
    Image: 'stuntdouble/keeper',
    Entrypoint: ['sh', '-c', line],
    User: '999:999',
    WorkingDir: '/volume',
    Tty: true,
    HostConfig: {
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      Mounts: [
        {
          Type: 'volume',
          Source: volume,
          Target: '/volume',
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
        },
      ],
    },
  })
  try {
    await container.start()
    const { StatusCode: exitCode } = (await container.wait()) as { StatusCode: number }
    const output = await container.logs({ stdout: true, stderr: true })
    return { exitCode, output: output.toString() }
  } finally {
    await container.remove({ force: true })
  }
}
