import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { VolumeStatus } from '../engine.ts'
import { isGone, statusOf } from './docker-errors.ts'
import { label } from './labels.ts'
import { volumeInUse, volumeTaken } from './pool-errors.ts'
import { checkName } from './pool-names.ts'

const ofLabel = 'dev.stuntdouble.of'
const patienceMs = 3000

/** Options of the engine's local driver: what `mount` would be told. */
type MountOptions = Readonly<Record<string, string>>

export const bindOptions = (directory: string, ...more: readonly string[]): MountOptions => ({
  type: 'none',
  device: directory,
  o: ['bind', ...more].join(','),
})

/** What an overlay hides it notes in attributes: of the kind that can be copied without rights over the machine. */
const copyable = 'userxattr'

export const overlayOptions = (
  { lower, directory }: { readonly lower: string; readonly directory: string },
  isCopyable: boolean,
): MountOptions => ({
  type: 'overlay',
  device: 'overlay',
  o: [
    `lowerdir=${lower},upperdir=${directory}/upper,workdir=${directory}/work,nosuid,nodev`,
    ...(isCopyable ? [copyable] : []),
  ].join(','),
})

interface EngineVolume extends VolumeStatus {
  readonly options: MountOptions
}

/** Named volumes of the engine that carry our labels. */
export class EngineVolumes {
  readonly #docker: Docker
  readonly #installation: string
  #areCopyable: Promise<boolean> | undefined

  constructor(docker: Docker, installation: string) {
    this.#docker = docker
    this.#installation = installation
  }

  /** Whether the engine’s machine runs a kernel on which overlays can be copied: Linux 5.11 or later. */
  async overlaysAreCopyable(): Promise<boolean> {
    this.#areCopyable ??= this.#docker.version().then(({ KernelVersion = '' }) => {
      const [major = 0, minor = 0] = KernelVersion.split(/[.-]/).map(Number)
      return major > 5 || (major === 5 && minor >= 11)
    })
    return this.#areCopyable
  }

  /** Whether a copy of a volume’s files is a copy of what it holds; of one that is not there it is. */
  async keepsAttributes(name: string): Promise<boolean> {
    const found = await this.#docker
      .getVolume(checkName(name))
      .inspect()
      .catch((cause: unknown) => {
        if (isGone(cause)) return undefined
        throw cause
      })
    const options: MountOptions = found?.Options ?? {}
    return options.type !== 'overlay' || (options.o ?? '').split(',').includes(copyable)
  }

  /** Idempotent. One of that name that is not ours, or mounts another place, is refused. */
  async create({ name, pod, of, options }: EngineVolume): Promise<void> {
    const volume = await this.#docker.createVolume({
      Name: checkName(name),
      Driver: 'local',
      DriverOpts: { ...options },
      Labels: {
        [label.installation]: this.#installation,
        [label.kind]: pod === null ? 'snapshot' : 'volume',
        ...(pod !== null && { [label.sandbox]: pod }),
        ...(of !== null && { [ofLabel]: of }),
      },
    })
    const found = await volume.inspect()
    const isOurs = found.Labels?.[label.installation] === this.#installation
    if (!isOurs || found.Options?.o !== options.o || found.Options?.device !== options.device) {
      throw volumeTaken(name)
    }
  }

  /** Content when it is not there; waits for another deletion to finish. Never touches one that is not ours. */
  async remove(name: string): Promise<void> {
    const until = Date.now() + patienceMs
    for (;;) {
      try {
        const volume = this.#docker.getVolume(checkName(name))
        const { Labels } = await volume.inspect()
        if (Labels?.[label.installation] !== this.#installation) return
        return void (await volume.remove())
      } catch (cause) {
        if (isGone(cause)) return
        if (statusOf(cause) !== 409) throw cause
        if (Date.now() > until) throw volumeInUse(name, cause)
        await sleep(50)
      }
    }
  }

  /** Removes our containers that had it and have ended: the engine would count them as its users. */
  async releaseEnded(name: string, signal: AbortSignal): Promise<void> {
    const ours = [`${label.installation}=${this.#installation}`]
    const filters = JSON.stringify({ volume: [name], label: ours, status: ['exited', 'dead'] })
    const ended = await this.#docker.listContainers({ all: true, filters, abortSignal: signal })
    for (const { Id } of ended) {
      await this.#docker.getContainer(Id).remove({ abortSignal: signal })
    }
  }

  async list(signal: AbortSignal): Promise<readonly VolumeStatus[]> {
    // Sealed volumes too, which belong to no pod.
    const filters = JSON.stringify({ label: [`${label.installation}=${this.#installation}`] })
    const { Volumes } = await this.#docker.listVolumes({ filters, abortSignal: signal })
    return (Volumes ?? []).map(({ Name, Labels }) => ({
      name: Name,
      pod: Labels?.[label.sandbox] ?? null,
      of: Labels?.[ofLabel] ?? null,
    }))
  }
}
