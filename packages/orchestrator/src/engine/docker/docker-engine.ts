import type { Duplex } from 'node:stream'
import { Isolation, type OnProgress } from '@stuntdouble/sdk/wire'
import type {
  BlindSpot,
  ContainerStatus,
  ContainerUsage,
  Diagnosis,
  Engine,
  EngineCapabilities,
  Images,
  LimitReached,
  ObservedPod,
  PodSpec,
  Process,
  Resource,
  Volumes,
} from '../engine.ts'
import { PodTurns } from '../pod-turns.ts'
import { Commands } from './commands.ts'
import { readLogs } from './container-logs.ts'
import { usageOf } from './container-usage.ts'
import { destroyPod, removeMembers, sweepContainers } from './destroy-pod.ts'
import { diagnoseEngine, requireEngine } from './diagnose.ts'
import { DockerClient } from './docker-client.ts'
import { containerNotFound, podGone } from './docker-errors.ts'
import { openDockerImages } from './docker-images.ts'
import { type DockerVolumes, openDockerVolumes } from './docker-volumes.ts'
import { diagnoseStorage } from './docker-volumes-diagnosis.ts'
import { EgressListeners } from './egress-listeners.ts'
import { gateImage } from './gate-config.ts'
import { dialIn } from './gate-sockets.ts'
import { heldOpen } from './held-open.ts'
import { checkpointHeld, holdStill, letGo } from './hold-still.ts'
import { HostView } from './host-view.ts'
import { provideRunner, runnerImage } from './lanes/runner-volume.ts'
import { removeLeftBehind } from './left-behind.ts'
import { LimitsReached } from './limits-reached.ts'
import { blindSpotsOf, inventoryPod, listPods, observePod } from './observe-pods.ts'
import { RunDirectory } from './run-directory.ts'
import { runtimeFor, runtimesOf } from './runtimes.ts'
import { startPod } from './start-pod.ts'

export interface DockerEngineOptions {
  /** Docker's usual one when left out. */
  readonly socketPath?: string
  /** Tells our containers from those of another orchestrator on the same engine. */
  readonly installation: string
  /** For the pods' sockets and deadlines: short, on a local file system, nobody else's. */
  readonly runDirectory: string
  /** The repository's images/. */
  readonly imagesDirectory: string
  /** For what an image is built from; nobody else's. The system's temporary directory when left out. */
  readonly scratchDirectory?: string
  /** Registries beside the engine's default one that a blueprint may name; none when left out. */
  readonly registries?: readonly string[]
  /** Of the pool that volumes live in; less where the disk has less. */
  readonly poolBytes: number
  /** A directory only where reflink cannot be had, when left out. */
  readonly mechanism?: 'reflink' | 'directory'
  /** Hears of images that are built, or pulled, for the engine's own use. */
  readonly onProgress?: OnProgress
}

/**
 * Opens without a word to the engine, so that `diagnose` can tell what is wrong with one that is not
 * there; every other call then throws `engine_unavailable`. The gate's image is made for the first
 * pod, the pool for the first volume.
 */
export async function openDockerEngine(options: DockerEngineOptions): Promise<Engine> {
  const { socketPath = usualSocket, installation, mechanism, onProgress = () => {} } = options
  const client = new DockerClient(socketPath, installation)
  const { docker } = client
  const {
    imagesDirectory: directory,
    scratchDirectory: scratch,
    registries = [],
    poolBytes,
  } = options
  const images = openDockerImages({ docker, directory, scratch, registries })
  const pool = { docker, installation, images, poolBytes, onProgress }
  return new DockerEngine({
    client,
    scratch,
    directory: new RunDirectory(options.runDirectory),
    host: new HostView(),
    onProgress,
    capabilities: { pause: true, copyOnWrite: mechanism !== 'directory' },
    images,
    volumes: openDockerVolumes(mechanism === undefined ? pool : { ...pool, mechanism }),
  })
}

const usualSocket = '/var/run/docker.sock'
const sweepMs = 30_000
/** A teardown nobody gave a limit must still end. */
const destroyMs = 30_000

interface DockerEngineParts {
  readonly client: DockerClient
  readonly scratch: string | undefined
  readonly directory: RunDirectory
  readonly host: HostView
  readonly onProgress: OnProgress
  readonly capabilities: EngineCapabilities
  readonly volumes: DockerVolumes
  readonly images: Images
}

/** Pods on a Docker engine. Holds no truth: every answer is asked of the engine by label. */
class DockerEngine implements Engine {
  readonly capabilities: EngineCapabilities
  readonly volumes: Volumes
  readonly images: Images
  readonly #parts: DockerEngineParts
  readonly #egress: EgressListeners
  readonly #commands: Commands
  readonly #turns = new PodTurns()
  readonly #limits: LimitsReached
  #prepared: { readonly runner: string | undefined } | undefined

  constructor(parts: DockerEngineParts) {
    this.#parts = parts
    this.capabilities = parts.capabilities
    this.volumes = parts.volumes
    this.images = parts.images
    this.#commands = new Commands(parts.client)
    this.#limits = new LimitsReached(parts.client)
    this.#egress = new EgressListeners(parts.directory)
  }

  recover(signal: AbortSignal): Promise<void> {
    return removeLeftBehind(this.#parts, signal)
  }

  start(pod: PodSpec, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod.id, signal, (stop) => this.#startOrSweep(pod, stop))
  }

  observe(pod: string, signal: AbortSignal): Promise<readonly ContainerStatus[]> {
    return observePod(this.#parts.client, pod, signal)
  }

  list(signal: AbortSignal): Promise<readonly ObservedPod[]> {
    return listPods(this.#parts, signal)
  }

  inventory(...request: Parameters<Engine['inventory']>): Promise<readonly Resource[]> {
    const [pod, known, signal] = request
    return inventoryPod(this.#parts, { pod, known }, signal)
  }

  blindSpots(signal: AbortSignal): Promise<readonly BlindSpot[]> {
    return blindSpotsOf(this.#parts, signal)
  }

  deadlines(): Promise<ReadonlyMap<string, Date>> {
    return this.#parts.directory.deadlines()
  }

  async setDeadline(pod: string, deadline: Date): Promise<void> {
    const written = await this.#parts.directory.writeDeadline(pod, deadline)
    if (!written) throw podGone(pod)
  }

  connect(pod: string, port: number, signal: AbortSignal): Promise<Duplex> {
    return dialIn({ socket: this.#parts.directory.inSocket(pod), pod, port }, signal)
  }

  listenEgress(pod: string, onConnection: (socket: Duplex) => void): Promise<AsyncDisposable> {
    return this.#egress.listen(pod, onConnection)
  }

  pause(pod: string, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod, signal, (stop) => holdStill(this.#parts.client, pod, stop))
  }

  resume(pod: string, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod, signal, async (stop) => {
      await letGo(this.#parts.client, pod, stop)
      await this.#parts.volumes.clearHalfCopies(pod, stop)
    })
  }

  checkpoint(...request: Parameters<Engine['checkpoint']>): Promise<void> {
    const [pod, copies, signal] = request
    return this.#turns.start(pod, signal, (stop) =>
      checkpointHeld(this.#parts, { pod, copies }, stop),
    )
  }

  strip(pod: string, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod, signal, async (stop) => {
      this.#commands.podEnds(pod)
      await removeMembers(this.#parts.client, pod, stop)
      this.#commands.podEnded(pod)
    })
  }

  exec(...request: Parameters<Engine['exec']>): Promise<Process> {
    return this.#commands.start(...request)
  }

  async logs(...request: Parameters<Engine['logs']>): Promise<string> {
    const [pod, container, bytes, signal] = request
    const found = await this.#parts.client.find(signal, pod)
    const id = found.find(({ name }) => name === container)?.id
    if (id === undefined) throw containerNotFound(pod, container)
    return readLogs(this.#parts.client, { id, bytes }, signal)
  }

  destroy(pod: string, caller: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([caller, AbortSignal.timeout(destroyMs)])
    return this.#turns.end(pod, signal, async () => {
      this.#commands.podEnds(pod)
      await this.#egress.close(pod)
      await destroyPod(this.#parts, pod, signal)
      this.#commands.podEnded(pod)
    })
  }

  limitsReached(signal: AbortSignal): Promise<readonly LimitReached[]> {
    return this.#limits.look(signal)
  }

  usage(pod: string, signal: AbortSignal): Promise<readonly ContainerUsage[]> {
    return usageOf(this.#parts.client, pod, signal)
  }

  heldOpen(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    return heldOpen(this.#parts.client, signal)
  }

  async isolations(signal: AbortSignal): Promise<readonly Isolation[]> {
    const runtimes = await runtimesOf(this.#parts.client, signal)
    return Isolation.options.filter((each) => runtimeFor(each, runtimes) !== undefined)
  }

  async diagnose(signal: AbortSignal): Promise<readonly Diagnosis[]> {
    const engine = await diagnoseEngine(this.#parts.client, signal)
    if (engine.some(({ status }) => status === 'fail')) return engine
    return [...engine, ...(await diagnoseStorage(this.#parts, signal))]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#commands[Symbol.dispose]()
    await this.#egress[Symbol.asyncDispose]()
    await this.#parts.volumes[Symbol.asyncDispose]()
  }

  async #startOrSweep(pod: PodSpec, signal: AbortSignal): Promise<void> {
    try {
      const { runner } = await this.#prepare(signal)
      const ids = await startPod({ ...this.#parts, gateImage, runner }, pod, signal)
      this.#commands.expect(pod, ids)
    } catch (cause) {
      // Volumes and directory stay: others may have made them before; `destroy` removes them.
      await sweepContainers(this.#parts.client, pod.id, AbortSignal.timeout(sweepMs))
      throw cause
    }
  }

  /** Once a process; an image or a volume lost later is reported by the create that misses it. */
  async #prepare(signal: AbortSignal): Promise<{ readonly runner: string | undefined }> {
    if (this.#prepared) return this.#prepared
    const { client, images, onProgress } = this.#parts
    await requireEngine(client, signal)
    const [runner] = await Promise.all([
      this.#provideRunner(signal),
      images.ensure(gateImage, onProgress, signal),
    ])
    this.#prepared = { runner }
    return this.#prepared
  }

  /** Commands run without it, each at the engine’s own pace. */
  async #provideRunner(signal: AbortSignal): Promise<string | undefined> {
    const { client, images, onProgress } = this.#parts
    const { docker, installation } = client
    try {
      return await provideRunner({ docker, installation, images }, onProgress, signal)
    } catch {
      signal.throwIfAborted()
      onProgress({
        phase: 'build',
        message: `${runnerImage}: not to be had; commands start slower`,
      })
      return undefined
    }
  }
}
