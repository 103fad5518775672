import type { Duplex } from 'node:stream'
import type { Isolation } from '@stuntdouble/sdk/wire'
import type { Images } from './images.ts'
import type { PodKind, PodSpec } from './pod-spec.ts'
import type { ExecSpec, Process } from './process.ts'
import type { VolumeCopy, Volumes } from './volumes.ts'

export type * from './images.ts'
export { isolationUnavailable } from './isolation-errors.ts'
export type * from './pod-spec.ts'
export type * from './process.ts'
export type * from './volumes.ts'

/** A container engine, reduced to what a sandbox needs of it: pods, never containers and networks. */
export interface Engine extends AsyncDisposable {
  /** Optional powers. Callers ask here; they never test which engine this is. */
  readonly capabilities: EngineCapabilities
  readonly volumes: Volumes
  readonly images: Images

  /**
   * Removes what a process that was killed had at work for no pod: short containers, and what an image
   * was to be built from. Once, while no other process works for this installation.
   */
  recover(signal: AbortSignal): Promise<void>

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
   * What each running container of a pod uses, the gate’s among them. Empty for a pod that does not run.
   * Takes some ten milliseconds; costs nothing inside.
   */
  usage(pod: string, signal: AbortSignal): Promise<readonly ContainerUsage[]>

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

export interface LimitReached {
  readonly pod: string
  readonly container: string
  /** `memory`: a process was killed. `pids`: one could not be started. */
  readonly limit: 'memory' | 'pids'
  /** Never falls. */
  readonly times: number
}

export interface ContainerUsage {
  /** `gate` or a ContainerSpec's name. */
  readonly name: string
  /** When it was counted, in epoch milliseconds by the engine’s clock. */
  readonly at: number
  /** Since its start, of all its processors together. Never falls. */
  readonly cpuSeconds: number
  /** Without what the kernel would give back at once. */
  readonly memoryBytes: number
  /** That, which is files that were read. */
  readonly cacheBytes: number
  /** Threads are counted, as its limit counts them. */
  readonly processes: number
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

export interface Diagnosis {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly message: string
  readonly hint?: string
  /** What is not protected against because of it. */
  readonly exposure?: string
}
