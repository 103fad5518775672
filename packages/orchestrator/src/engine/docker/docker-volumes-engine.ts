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

export const overlayOptions = (lower: string, directory: string): MountOptions => ({
  type: 'overlay',
  device: 'overlay',
  o: `lowerdir=${lower},upperdir=${directory}/upper,workdir=${directory}/work,nosuid,nodev`,
})

interface EngineVolume extends VolumeStatus {
  readonly options: MountOptions
}

/** Named volumes of the engine that carry our labels. */
export class EngineVolumes {
  readonly #docker: Docker
  readonly #installation: string

  constructor(docker: Docker, installation: string) {
    this.#docker = docker
    this.#installation = installation
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
