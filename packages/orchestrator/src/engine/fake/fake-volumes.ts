import { SandboxError } from '@stuntdouble/sdk/errors'
import type {
  PoolUsage,
  VolumeCopy,
  VolumeSpec,
  VolumeStatus,
  Volumes,
  VolumeUse,
} from '../engine.ts'

interface FakeVolume extends VolumeStatus {
  readonly files: Map<string, string>
  filled?: Omit<VolumeUse, 'name'> | undefined
  /** Not a checkpoint, which no container is given. */
  readonly isMounted?: boolean
}

const copyOf = ({ of, pod, files, filled }: FakeVolume) => ({
  ...{ of, pod, filled, files: new Map(files) },
})

/** Volumes in memory. Two of them over one map are two processes of one installation. */
export class FakeVolumes implements Volumes {
  /** Of the disk below the pool. */
  diskFreeBytes = Number.POSITIVE_INFINITY
  readonly #volumes: Map<string, FakeVolume>

  constructor(volumes = new Map<string, FakeVolume>()) {
    this.#volumes = volumes
  }

  async create({ name, pod }: VolumeSpec, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#put({ name: checkName(name), pod, of: null, files: new Map() })
  }

  async clone(sealed: string, { name, pod }: VolumeSpec, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const original = this.#volumes.get(checkName(sealed))
    if (original === undefined || original.pod !== null) {
      throw refusal('snapshot_not_found', `There is no sealed volume "${sealed}".`)
    }
    this.#put({ name: checkName(name), pod, of: sealed, files: new Map(original.files) })
  }

  async checkpoint(copies: readonly VolumeCopy[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const made = copies.map(({ volume, as }) => {
      const from = this.#volumes.get(checkName(volume))
      if (from === undefined || from.pod === null) throw refusal('conflict', `No "${volume}".`)
      if (this.#volumes.has(checkName(as))) throw refusal('conflict', `There is a "${as}".`)
      return { ...copyOf(from), name: as, isMounted: false }
    })
    for (const copy of made) this.#volumes.set(copy.name, copy)
  }

  async restore(...request: Parameters<Volumes['restore']>): Promise<void> {
    const [{ volume, as }, unmounted, signal] = request
    await unmounted
    signal.throwIfAborted()
    const [to, from] = [volume, as].map((name) => this.#volumes.get(checkName(name)))
    if (!to || !from) throw refusal('conflict', `No "${volume}" or "${as}".`)
    this.#volumes.set(volume, { ...copyOf(from), name: volume, pod: to.pod })
  }

  async fork(checkpoint: string, { name, pod }: VolumeSpec, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const from = this.#volumes.get(checkName(checkpoint))
    if (from === undefined) throw refusal('conflict', `No "${checkpoint}".`)
    this.#put({ ...copyOf(from), name: checkName(name), pod })
  }

  async seal(volume: string, as: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const open = this.#volumes.get(checkName(volume))
    const there = this.#volumes.get(checkName(as))
    if (there?.pod === null && open === undefined) return
    if (there || !open || open.pod === null || open.of !== null) {
      throw refusal('conflict', `Volume "${volume}" cannot be sealed as "${as}".`)
    }
    this.#volumes.delete(volume)
    this.#volumes.set(as, { name: as, pod: null, of: null, files: open.files })
  }

  async remove(volume: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    checkName(volume)
    const copies = [...this.#volumes.values()].filter(({ of }) => of === volume)
    if (copies.length > 0) {
      throw refusal('snapshot_in_use', `${copies.length} volume(s) are copies of "${volume}".`)
    }
    this.#volumes.delete(volume)
  }

  async list(signal: AbortSignal): Promise<readonly VolumeStatus[]> {
    signal.throwIfAborted()
    return [...this.#volumes.values()].map(({ name, pod, of }) => ({ name, pod, of }))
  }

  async usage(signal: AbortSignal): Promise<PoolUsage> {
    signal.throwIfAborted()
    const freeBytes = Math.min(60 * 1024 ** 3 - this.#heldBytes(), this.diskFreeBytes)
    const room = { sizeBytes: 64 * 1024 ** 3, freeBytes, freeInodes: 10_000_000 }
    return { kind: 'reflink', ...room, reason: null }
  }

  async measure(volumes: readonly string[], signal: AbortSignal): Promise<readonly VolumeUse[]> {
    signal.throwIfAborted()
    return volumes.map((name) => {
      const volume = this.#volumes.get(checkName(name))
      if (volume === undefined) return { name, bytes: 0, inodes: 0 }
      const original = useOf(this.#volumes.get(volume.of ?? ''))
      const { bytes, inodes } = useOf(volume)
      return {
        name,
        bytes: Math.max(0, bytes - original.bytes),
        inodes: Math.max(0, inodes - original.inodes),
      }
    })
  }

  /** As a program inside fills it, with content that nobody reads. */
  fill(volume: string, use: Partial<Omit<VolumeUse, 'name'>>): void {
    const target = this.#volumes.get(volume)
    if (!target) throw new Error(`there is no ${volume}`)
    target.filled = { bytes: 0, inodes: 0, ...use }
  }

  /** As a container that has it mounted. */
  write(volume: string, path: string, text: string): void {
    const target = this.#volumes.get(volume)
    if (!target || target.pod === null || target.isMounted === false)
      throw new Error(`${volume} cannot be written`)
    target.files.set(path, text)
  }

  read(volume: string, path: string): string | null {
    return this.#volumes.get(volume)?.files.get(path) ?? null
  }

  #heldBytes(): number {
    return [...this.#volumes.values()].reduce((sum, volume) => sum + useOf(volume).bytes, 0)
  }

  #put(volume: FakeVolume): void {
    const there = this.#volumes.get(volume.name)
    if (there === undefined) this.#volumes.set(volume.name, volume)
    else if (there.pod !== volume.pod || there.of !== volume.of) {
      throw refusal('conflict', `A volume "${volume.name}" exists already and is another one.`)
    }
  }
}

function useOf(volume: FakeVolume | undefined): Omit<VolumeUse, 'name'> {
  const texts = [...(volume?.files.values() ?? [])]
  const { bytes = 0, inodes = 0 } = volume?.filled ?? {}
  return {
    bytes: texts.reduce((sum, text) => sum + text.length, bytes),
    inodes: texts.length + inodes,
  }
}

const refusal = (code: 'conflict' | 'snapshot_not_found' | 'snapshot_in_use', message: string) =>
  new SandboxError(code, message, { hint: 'This is the fake engine.' })

function checkName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{1,62}$/.test(name)) return name
  throw new Error(`${JSON.stringify(name)} cannot name a volume`)
}
