import type {
  PoolUsage,
  VolumeCopy,
  VolumeSpec,
  VolumeStatus,
  Volumes,
  VolumeUse,
} from '../engine.ts'
import {
  clearHalfCopies,
  forkCheckpoint,
  makeCheckpoint,
  restoreCheckpoint,
} from './docker-checkpoints.ts'
import { bindOptions, EngineVolumes, overlayOptions } from './docker-volumes-engine.ts'
import { removeRunner } from './lanes/runner-volume.ts'
import type { HelpedPod } from './pod-helper.ts'
import { Pool, type PoolOptions } from './pool.ts'
import {
  diskFull,
  notSealable,
  notSealed,
  poolBroken,
  snapshotInUse,
  volumeTaken,
} from './pool-errors.ts'
import { checkName } from './pool-names.ts'
import {
  cloneScript,
  clonesScript,
  createScript,
  discardScript,
  listScript,
  measureScript,
  scriptExit,
  sealableScript,
  sealScript,
  sizeScript,
  usageScript,
} from './pool-scripts.ts'
import { beyond, countOf, empty, readMeta, readUse, type Use } from './volume-lines.ts'

export type DockerVolumesOptions = PoolOptions

/** Opens nothing yet: the pool is made or found by the first call. Disposal leaves the pool as it is. */
export const openDockerVolumes = (options: DockerVolumesOptions): DockerVolumes =>
  new DockerVolumes(options)

/**
 * Volumes of the engine over directories of the pool, under the same names. The directories are the
 * truth about data; a volume of the engine is only the way to mount one, and is made again when lost.
 */
export class DockerVolumes implements Volumes, AsyncDisposable {
  readonly #pool: Pool
  readonly #engine: EngineVolumes
  readonly #options: DockerVolumesOptions
  readonly #sealed = new Map<string, Use>()

  constructor(options: DockerVolumesOptions) {
    this.#options = options
    this.#pool = new Pool(options)
    this.#engine = new EngineVolumes(options.docker, options.installation)
  }

  async create(volume: VolumeSpec, signal: AbortSignal): Promise<void> {
    await this.#make(createScript(volume), { volume: volume.name }, signal)
    await this.#expose(volume, null, signal)
  }

  async clone(sealed: string, volume: VolumeSpec, signal: AbortSignal): Promise<void> {
    await this.#make(cloneScript(volume, sealed), { volume: volume.name, sealed }, signal)
    await this.#expose(volume, sealed, signal)
  }

  checkpoint(copies: readonly VolumeCopy[], signal: AbortSignal): Promise<void> {
    return makeCheckpoint(this.#parts, { copies }, signal)
  }

  /** The same of a pod whose processes are held still meanwhile. */
  async checkpointPod(
    pod: HelpedPod,
    copies: readonly VolumeCopy[],
    signal: AbortSignal,
  ): Promise<void> {
    await makeCheckpoint(this.#parts, { copies, pod }, signal)
  }

  clearHalfCopies(pod: string, signal: AbortSignal): Promise<void> {
    return clearHalfCopies(this.#parts, pod, signal)
  }

  restore(...request: Parameters<Volumes['restore']>): Promise<void> {
    const [copy, unmounted, signal] = request
    return restoreCheckpoint(this.#parts, { copy, unmounted }, signal)
  }

  async fork(checkpoint: string, volume: VolumeSpec, signal: AbortSignal): Promise<void> {
    const of = await forkCheckpoint(this.#parts, { checkpoint, volume }, signal)
    await this.#expose(volume, of, signal)
  }

  async seal(volume: string, as: string, signal: AbortSignal): Promise<void> {
    await this.#runSeal(sealableScript(volume, as), { volume, as }, signal)
    await this.#engine.releaseEnded(volume, signal)
    // The engine refuses while a container has it: from here on nobody can write to it.
    await this.#engine.remove(volume)
    await this.#runSeal(sealScript(volume, as), { volume, as }, signal)
    await this.#exposeSealed(as, signal)
  }

  async remove(volume: string, signal: AbortSignal): Promise<void> {
    const [clones, discard] = [clonesScript(volume), discardScript(volume)]
    if (!(await this.#pool.exists())) return this.#engine.remove(volume)
    await this.#refuseWhileCloned(clones, volume, signal)
    await this.#engine.remove(volume)
    await this.#refuseWhileCloned(discard, volume, signal)
  }

  async list(signal: AbortSignal): Promise<readonly VolumeStatus[]> {
    const seen = new Map((await this.#engine.list(signal)).map((each) => [each.name, each]))
    if (!(await this.#pool.exists())) return [...seen.values()]
    const { stdout } = await this.#pool.run(listScript, signal)
    for (const line of stdout.split('\n').filter(Boolean)) {
      const status = readMeta(line)
      seen.set(status.name, status)
    }
    return [...seen.values()]
  }

  async usage(signal: AbortSignal): Promise<PoolUsage> {
    const { mechanism } = await this.#pool.open(signal)
    const { stdout } = await this.#pool.run(usageScript, signal)
    const rows = stdout
      .trim()
      .split('\n')
      .map((row) => row.trim().split(/\s+/).map(Number))
    return {
      kind: mechanism.kind,
      sizeBytes: rows[0]?.[0] ?? 0,
      freeBytes: Math.min(...rows.map(([, free = 0]) => free)),
      freeInodes: Math.min(...rows.map(([, , free = 0]) => countOf(free))),
      reason: mechanism.reason,
    }
  }

  async measure(volumes: readonly string[], signal: AbortSignal): Promise<readonly VolumeUse[]> {
    if (volumes.length === 0 || !(await this.#pool.exists())) return volumes.map(empty)
    const originals = new Map((await this.list(signal)).map(({ name, of }) => [name, of]))
    const held = await this.#walk(
      volumes.map((name) => `volumes/${checkName(name)}`),
      signal,
    )
    return await Promise.all(
      volumes.map(async (name) => {
        const use = held.get(`volumes/${name}`) ?? empty(name)
        const of = originals.get(name)
        return { name, ...(of ? beyond(use, await this.#sealedUse(of, signal)) : use) }
      }),
    )
  }

  /** Blocks of its own on disk; of a copy, only what it changed. Zero when it is not there. */
  async sizeBytes(volume: string, signal: AbortSignal): Promise<number> {
    const { stdout } = await this.#pool.run(sizeScript(volume), signal)
    return Number(stdout.trim())
  }

  /** Whether a pool was made; all but `create`, `clone`, `seal` and `usage` do without. */
  exists(): Promise<boolean> {
    return this.#pool.exists()
  }

  /**
   * The whole pool with every volume and snapshot in it, and the runner beside it; for an installation
   * that goes away.
   */
  async removePool(signal: AbortSignal): Promise<void> {
    for (const { name } of await this.#engine.list(signal)) await this.#engine.remove(name)
    await this.#pool.remove(signal)
    await removeRunner(this.#options.docker, this.#pool.names.installation)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]()
  }

  get #parts() {
    const { docker, installation } = this.#options
    return { docker, installation, pool: this.#pool, engine: this.#engine }
  }

  /** Has the engine know how to mount one that is in the pool. */
  async #expose({ name, pod }: VolumeSpec, of: string | null, signal: AbortSignal): Promise<void> {
    const { mountpoint } = await this.#pool.open(signal)
    const directory = `${mountpoint}/volumes/${name}`
    const overlay = async (lower: string) =>
      overlayOptions({ lower, directory }, await this.#engine.overlaysAreCopyable())
    const options = of
      ? await overlay(`${mountpoint}/sealed/${of}/data`)
      : bindOptions(`${directory}/data`)
    await this.#engine.create({ name, pod, of, options })
  }

  /** What is sealed does not change. */
  async #sealedUse(name: string, signal: AbortSignal): Promise<Use> {
    const known = this.#sealed.get(name)
    if (known) return known
    const place = `sealed/${checkName(name)}`
    const use = (await this.#walk([place], signal)).get(place) ?? empty(name)
    if (Number.isFinite(use.bytes + use.inodes)) this.#sealed.set(name, use)
    return use
  }

  async #walk(directories: readonly string[], signal: AbortSignal): Promise<Map<string, Use>> {
    const { stdout } = await this.#pool.look(measureScript(directories), signal)
    const lines = stdout.split('\n').filter(Boolean)
    return new Map(lines.map((line) => readUse(line.split(' '))))
  }

  async #make(
    script: string,
    { volume, sealed = '' }: { volume: string; sealed?: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#pool.run(script, signal)
    if (exitCode === scriptExit.taken) throw volumeTaken(volume)
    if (exitCode === scriptExit.full) throw diskFull(Number(stdout))
    if (exitCode === scriptExit.notSealed) throw notSealed(sealed)
    if (exitCode !== 0) throw poolBroken(stderr.trim())
  }

  async #runSeal(
    script: string,
    { volume, as }: { volume: string; as: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { exitCode, stderr } = await this.#pool.run(script, signal)
    if (exitCode === scriptExit.taken) throw volumeTaken(as)
    if (exitCode === scriptExit.absent) throw notSealable(volume, 'there is no such volume')
    if (exitCode === scriptExit.copy) throw notSealable(volume, 'it is a copy itself')
    if (exitCode !== 0) throw poolBroken(stderr.trim())
  }

  async #refuseWhileCloned(script: string, volume: string, signal: AbortSignal): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#pool.run(script, signal)
    const clones = Number(stdout)
    if (clones > 0) {
      await this.#exposeSealed(volume, signal)
      throw snapshotInUse(volume, clones)
    }
    if (exitCode !== 0) throw poolBroken(stderr.trim())
  }

  /** For those who read a sealed volume itself; nobody mounts it writable. */
  async #exposeSealed(name: string, signal: AbortSignal): Promise<void> {
    const { mountpoint } = await this.#pool.open(signal)
    const options = bindOptions(`${mountpoint}/sealed/${name}/data`, 'ro')
    await this.#engine.create({ name, pod: null, of: null, options })
  }
}
