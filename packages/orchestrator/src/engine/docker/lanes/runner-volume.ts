import type { OnProgress } from '@stuntdouble/sdk/wire'
import type Docker from 'dockerode'
import type { Images } from '../../engine.ts'
import { isGone, statusOf } from '../docker-errors.ts'
import { poolLabel, shortLived } from '../pool-names.ts'

export const runnerImage = 'stuntdouble/runner'
/** Where members have it, whatever their image. */
const directory = '/.stuntdouble'
export const runnerPath = `${directory}/runner`

const inImage = '/runner'
const kind = shortLived.runner

export interface RunnerSource {
  readonly docker: Docker
  readonly installation: string
  readonly images: Images
}

const labelsOf = (installation: string) => ({
  [poolLabel.pool]: installation,
  [poolLabel.kind]: kind,
})

/** How a member gets it. Described in full, so that one removed in between comes back as ours. */
export const runnerMount = (installation: string, volume: string) =>
  ({
    Type: 'volume',
    Source: volume,
    Target: directory,
    ReadOnly: true,
    VolumeOptions: {
      NoCopy: true,
      Labels: labelsOf(installation),
      DriverConfig: { Name: '', Options: {} },
    },
  }) as const

/**
 * Makes the volume that has the runner, and tells its name: one for each version of it, so that what
 * runs keeps its own. Belongs to the installation, and goes with its pool.
 */
export async function provideRunner(
  { docker, installation, images }: RunnerSource,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<string> {
  await images.ensure(runnerImage, onProgress, signal)
  const { Id: id } = await docker.getImage(runnerImage).inspect()
  const volume = `stuntdouble.${installation}.runner.${id.replace('sha256:', '').slice(0, 12)}`
  if (await isThere(docker, volume)) return volume
  await fill(docker, installation, volume)
  await removeOthers(docker, installation, volume)
  return volume
}

async function isThere(docker: Docker, volume: string): Promise<boolean> {
  try {
    await docker.getVolume(volume).inspect()
    return true
  } catch (cause) {
    if (isGone(cause)) return false
    throw cause
  }
}

/** The engine copies what the image has there into a new volume when a container is made with it. */
async function fill(docker: Docker, installation: string, volume: string): Promise<void> {
  const labels = labelsOf(installation)
  const container = await docker.createContainer({
    Image: runnerImage,
    Cmd: ['never-started'],
    Labels: labels,
    HostConfig: {
      NetworkMode: 'none',
      Mounts: [
        {
          Type: 'volume',
          Source: volume,
          Target: inImage,
          VolumeOptions: {
            NoCopy: false,
            Labels: labels,
            DriverConfig: { Name: '', Options: {} },
          },
        },
      ],
    },
  })
  await container.remove()
}

/** Of versions before, as far as no sandbox has them any more. */
const removeOthers = (docker: Docker, installation: string, volume: string) =>
  removeVolumes(docker, installation, (name) => name !== volume)

/** Every version, and what filling one left. Content when nothing was there. */
export async function removeRunner(docker: Docker, installation: string): Promise<void> {
  const filters = filtersOf(installation)
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true })
  }
  await removeVolumes(docker, installation, () => true)
}

async function removeVolumes(
  docker: Docker,
  installation: string,
  goes: (name: string) => boolean,
): Promise<void> {
  const { Volumes } = await docker.listVolumes({ filters: filtersOf(installation) })
  for (const { Name } of (Volumes ?? []).filter(({ Name }) => goes(Name))) {
    await docker
      .getVolume(Name)
      .remove()
      .catch((cause) => {
        const inUse = statusOf(cause) === 409
        if (!inUse && !isGone(cause)) throw cause
      })
  }
}

const filtersOf = (installation: string) =>
  JSON.stringify({
    label: [`${poolLabel.pool}=${installation}`, `${poolLabel.kind}=${kind}`],
  })
