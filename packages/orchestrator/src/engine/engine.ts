import type { Duplex, Readable, Writable } from 'node:stream'
import type { Isolation, OnProgress } from '@stuntdouble/sdk/wire'

export { isolationUnavailable } from './isolation-errors.ts'

/** A container engine, reduced to what a sandbox needs of it: pods, never containers and networks. */
export interface Engine extends AsyncDisposable {
  /** Optional powers. Callers ask here; they never test which engine this is. */
  readonly capabilities: EngineCapabilities
  readonly volumes: Volumes
  readonly images: Images

  /**
   * Starts a pod: its gate first, then every container inside the gate's namespaces, at once.
   * Idempotent (a container that is there stays), and all or nothing: a failed start leaves no
   * container behind. Each container is inspected after its start and compared with what was asked
   * for; a difference destroys the pod and throws `engine_failed`. Does not wait for readiness.
   */
  start(pod: PodSpec, signal: AbortSignal): Promise<void>

  /** What exists now of one pod, found by label. After a crash this is the truth, not our database. */
  observe(pod: string, signal: AbortSignal): Promise<readonly ContainerStatus[]>

  /** Every pod of this installation that has anything on the engine, volumes included. */
  list(signal: AbortSignal): Promise<readonly ObservedPod[]>

  /**
   * Everything of one pod. Empty when nothing is left. `known` is what was seen of it before: what
   * runs can only be looked for in containers whose ids are known.
   */
  inventory(
    pod: string,
    known: readonly Resource[],
    signal: AbortSignal,
  ): Promise<readonly Resource[]>

  /** What inventories cannot show here. Asked after one, for a look may tell. */
  blindSpots(signal: AbortSignal): Promise<readonly BlindSpot[]>

  /** Of every pod of this installation that has one. Asks no engine. */
  deadlines(): Promise<ReadonlyMap<string, Date>>

  /** The moment the gate ends the pod by itself, with the orchestrator and the engine dead or alive. */
  setDeadline(pod: string, deadline: Date): Promise<void>

  /**
   * A connection to 127.0.0.1:port inside the pod, through the gate. Rejects with `sandbox_gone` when
   * the pod does not run. Where nothing listens on the port it ends at once without a byte: the gate
   * cannot say so in words, so whoever must know awaits the first byte.
   */
  connect(pod: string, port: number, signal: AbortSignal): Promise<Duplex>

  /**
   * Handles every connection that leaves the pod through 127.0.0.1:3128. One listener a pod; may come
   * before its start. Ends with the pod's destroy, or when disposed.
   */
  listenEgress(pod: string, onConnection: (socket: Duplex) => void): Promise<AsyncDisposable>

  /**
   * Holds every process of a pod still but its gate, which goes on watching its deadline: a stopped
   * process uses no processor and dies as quickly as any. Idempotent. Connections stay open and wait.
   * Refused with `policy_refused` for a pod with a container on a second kernel.
   */
  pause(pod: string, signal: AbortSignal): Promise<void>

  /** Has them go on; content when nothing was held. Also what is left to do after a `checkpoint` that was cut short. */
  resume(pod: string, signal: AbortSignal): Promise<void>

  /**
   * `Volumes.checkpoint` of a running pod, with all of its processes held still meanwhile: what the
   * copies hold is what a power cut at that moment would have left. They go on afterwards also when
   * the orchestrator is gone by then.
   */
  checkpoint(pod: string, copies: readonly VolumeCopy[], signal: AbortSignal): Promise<void>

  /**
   * Removes every container but the gate, so that `start` makes them anew: address, sockets, deadline
   * stay. What runs in them ends; commands reject with `sandbox_gone`. Idempotent.
   */
  strip(pod: string, signal: AbortSignal): Promise<void>

  /** Runs a command in a running container. The process ends with the pod at the latest. */
  exec(pod: string, container: string, command: ExecSpec, signal: AbortSignal): Promise<Process>

  /** The last output of a container's main process, at most `bytes`; for error messages and the log view. */
  logs(pod: string, container: string, bytes: number, signal: AbortSignal): Promise<string>

  /** Removes containers, volumes owned by the pod and its directory; content when nothing was there. */
  destroy(pod: string, signal: AbortSignal): Promise<void>

  /**
   * How often containers ran into a limit since they started, over all pods; those that never did are
   * left out. Empty where the engine’s machine does not let us look.
   */
  limitsReached(signal: AbortSignal): Promise<readonly LimitReached[]>

  /**
   * Bytes on volumes in files that were deleted while a process of a pod has them open: no walk finds
   * those. Pods that hold none are left out. Costs as much as a start.
   */
  heldOpen(signal: AbortSignal): Promise<ReadonlyMap<string, number>>

  /** What a container may be run by here. Asked of the engine each time; `runc` is what is always there. */
  isolations(signal: AbortSignal): Promise<readonly Isolation[]>

  /** What the engine is and lacks, for `sandbox doctor`. Never throws for an engine that is not there. */
  diagnose(signal: AbortSignal): Promise<readonly Diagnosis[]>
}

export interface EngineCapabilities {
  readonly pause: boolean
  /** Whether clones share blocks with their snapshot. */
  readonly copyOnWrite: boolean
}

export type PodKind = 'sandbox' | 'staging'

export interface PodSpec {
  /** The sandbox's id, or a snapshot build's. DNS-safe. */
  readonly id: string
  readonly kind: PodKind
  /** The gate ends the pod at this moment. */
  readonly deadline: Date
  /** Names that resolve to 127.0.0.1 inside, such as `db`. */
  readonly hosts: readonly string[]
  readonly containers: readonly ContainerSpec[]
}

export interface ContainerSpec {
  /** Unique in the pod: `workspace`, `db`, … */
  readonly name: string
  readonly image: string
  /** argv; replaces the image's entrypoint and command. */
  readonly command: readonly string[]
  readonly uid: number
  readonly gid: number
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  readonly limits: ContainerLimits
  readonly mounts: readonly Mount[]
  /** The root is read-only; these are the writable places beside the mounts. Charged to memory. */
  readonly tmpfs: readonly Tmpfs[]
  /**
   * `runc` when left out. Any other puts a second kernel in front of the machine’s, keeps the pod’s
   * deadline by itself, and is refused with `policy_refused` where the engine lacks it. The image then
   * has sh, date and sleep, and nobody’s command runs as the container’s own user, who could stop its
   * clock. At its bound of processes the container ends.
   */
  readonly isolation?: Isolation
  /**
   * Whose commands run here: one is made ready for while the pod starts, so that none waits for it. One
   * that is not there says so on its error output, and ends with 127. The image has sh.
   */
  readonly commandsBy?: { readonly uid: number; readonly gid: number }
}

export interface ContainerLimits {
  readonly cpus: number
  /** Swap is never added. */
  readonly memoryBytes: number
  readonly pids: number
  /** /dev/shm */
  readonly shmBytes: number
  /** The size of any one file; what the volume holds when left out. */
  readonly fileBytes?: number
}

export interface LimitReached {
  readonly pod: string
  readonly container: string
  /** `memory`: a process was killed. `pids`: one could not be started. */
  readonly limit: 'memory' | 'pids'
  /** Never falls. */
  readonly times: number
}

export interface Mount {
  /** A volume's name in `Volumes`. */
  readonly volume: string
  readonly path: string
  readonly readOnly: boolean
}

export interface Tmpfs {
  readonly path: string
  readonly sizeBytes: number
  readonly inodes: number
  readonly uid: number
  readonly gid: number
  /** Octal, such as 0o700. */
  readonly mode: number
}

export interface ContainerStatus {
  readonly id: string
  /** `gate` or a ContainerSpec's name. */
  readonly name: string
  readonly state: 'created' | 'running' | 'paused' | 'exited'
  readonly exitCode: number | null
}

export interface ObservedPod {
  readonly id: string
  readonly kind: PodKind
}

export interface Resource {
  /** `process`: all that run in the container of that id. `file`: the orchestrator’s own. */
  readonly kind:
    | ('container' | 'network' | 'volume' | 'mount' | 'process')
    | ('directory' | 'socket' | 'file')
  readonly id: string
  readonly name: string
}

export interface BlindSpot {
  readonly kind: Resource['kind']
  /** A sentence. */
  readonly reason: string
}

export interface ExecSpec {
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** `none`: the command reads an empty input, and what is written to `stdin` goes nowhere. */
  readonly stdin?: 'none'
  /** The container's own user by default. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** A terminal merges stderr into stdout. */
  readonly tty?: { readonly cols: number; readonly rows: number }
}

export type KillSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL'

export interface Process {
  readonly stdin: Writable
  /** Both streams must be read or resumed; they carry backpressure into the process. */
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles after both streams ended. Rejects with `sandbox_gone` when the pod went away underneath. */
  readonly exit: Promise<number>
  /**
   * SIGKILL to the whole tree the command started, also what left its session; output that is not
   * read by then may be lost. Idempotent; does nothing to what an ended command left behind. Misses
   * only what ended whoever looks after it and, where nobody does (`commandsBy` is left out, or the
   * isolation is not `runc`), what cleared its environment and lost its parent.
   */
  kill(signal?: KillSignal | undefined): Promise<void>
  /** Does nothing without a terminal. */
  resize(cols: number, rows: number): Promise<void>
}

/** Places for data that outlive a container. Names are ours, unique, `[a-z0-9-]+`. */
export interface Volumes {
  /** An empty writable volume that belongs to a pod (destroyed with it). Idempotent. */
  create(volume: VolumeSpec, signal: AbortSignal): Promise<void>
  /**
   * A writable copy of a sealed volume, its cost independent of the size where `copyOnWrite`. The
   * original must stay sealed for as long as the copy lives. Idempotent.
   */
  clone(sealed: string, volume: VolumeSpec, signal: AbortSignal): Promise<void>
  /**
   * Keeps what volumes of one pod hold of their own now, under further names that belong to the pod as
   * well and are mounted by nobody. Its cost follows what was changed, not what the original holds.
   * Fails as a whole and leaves no copy then. Who writes meanwhile is held still by `Engine.checkpoint`.
   */
  checkpoint(copies: readonly VolumeCopy[], signal: AbortSignal): Promise<void>
  /** Puts a volume, unmounted by now, back to what a checkpoint of it holds, which stays. Idempotent. */
  restore(volume: string, checkpoint: string, signal: AbortSignal): Promise<void>
  /**
   * A writable volume, of any pod, that begins as a checkpoint. One that is there stays as it is. A
   * sealed volume below them must stay sealed, as with `clone`.
   */
  fork(checkpoint: string, volume: VolumeSpec, signal: AbortSignal): Promise<void>
  /** Turns a pod's volume, unmounted by now, into an immutable one under a new name, owned by no pod. */
  seal(volume: string, as: string, signal: AbortSignal): Promise<void>
  /** Content when it is not there. Refused with `snapshot_in_use` while clones of it exist. */
  remove(volume: string, signal: AbortSignal): Promise<void>
  list(signal: AbortSignal): Promise<readonly VolumeStatus[]>
  usage(signal: AbortSignal): Promise<PoolUsage>
  /**
   * What these volumes hold; one that is not there holds nothing. Walks every file, beside all other
   * work on volumes. Files that were deleted and are still open are not seen: see `heldOpen`.
   */
  measure(volumes: readonly string[], signal: AbortSignal): Promise<readonly VolumeUse[]>
}

export interface VolumeSpec {
  readonly name: string
  /** The pod it belongs to. */
  readonly pod: string
  readonly uid: number
  readonly gid: number
  /** Of the volume's root, such as 0o700. */
  readonly mode: number
}

export interface VolumeCopy {
  readonly volume: string
  /** A volume's name. */
  readonly as: string
}

export interface VolumeStatus {
  readonly name: string
  /** Null for a sealed volume. */
  readonly pod: string | null
  /** The sealed volume this one is a copy of. */
  readonly of: string | null
}

export interface VolumeUse {
  readonly name: string
  /**
   * Blocks on disk. Of a copy what it holds of its own beyond the size of its original, which it may
   * rewrite in full. Infinite where counting took too long.
   */
  readonly bytes: number
  /** Files, directories and links, counted like `bytes`. */
  readonly inodes: number
}

export interface PoolUsage {
  /** `reflink`: XFS in a loop file, clones share blocks. `directory`: plain overlay, first writes copy whole files. */
  readonly kind: 'reflink' | 'directory'
  readonly sizeBytes: number
  readonly freeBytes: number
  readonly freeInodes: number
  /** Why it is not `reflink`, in a sentence; null when it is. */
  readonly reason: string | null
}

export interface Images {
  /**
   * Makes an image present: one of ours (`stuntdouble/…`) is built, anything else pulled. Throws
   * `image_unavailable` with the next step. Concurrent calls for one image share the work.
   */
  ensure(image: string, onProgress: OnProgress, signal: AbortSignal): Promise<void>
  has(image: string, signal: AbortSignal): Promise<boolean>
  /** Of one that is present: what stands in it, seen or not. */
  content(image: string, signal: AbortSignal): Promise<ImageContent>
}

export interface ImageContent {
  /** Names the image whatever its tag is. */
  readonly digest: string
  /** Environment, labels, and how each layer was made, as JSON. */
  readonly settings: string
  /** A tar with every layer as a tar in it, as `docker save` writes it. Whoever asks reads it to its end. */
  layers(): Promise<Readable>
}

export interface Diagnosis {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
  readonly hint?: string
  /** What is not protected against because of it. */
  readonly exposure?: string
}
