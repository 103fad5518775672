import type { Duplex } from 'node:stream'
import type { Isolation } from '@stuntdouble/sdk/wire'
import { type Clock, systemClock } from '../../lib/clock.ts'
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
import { isolationUnavailable } from '../isolation-errors.ts'
import { PodTurns } from '../pod-turns.ts'
import { containerNotFound, noSuchImage, podGone, scriptedFailure } from './fake-errors.ts'
import { FakeImages } from './fake-images.ts'
import { FakePod, type OnConnection } from './fake-pod.ts'
import type { FakeProgram } from './fake-process.ts'
import { FakeVolumes } from './fake-volumes.ts'

export interface FakeEngineOptions {
  readonly volumes?: Volumes
  readonly images?: Images
  readonly now?: Clock
  /** What commands do; exits 127 with a message when left out. */
  readonly program?: FakeProgram
  /** Those it has beside `runc`; none when left out. */
  readonly isolations?: readonly Isolation[]
}

export type FakeOperation =
  | 'start'
  | 'observe'
  | 'inventory'
  | 'setDeadline'
  | 'pause'
  | 'resume'
  | 'checkpoint'
  | 'strip'
  | 'exec'
  | 'destroy'

export const openFakeEngine = (options: FakeEngineOptions = {}): FakeEngine =>
  new FakeEngine(options)

/** Pods in memory, kept to the same contract as the real ones, and made to misbehave on request. */
export class FakeEngine implements Engine {
  readonly capabilities: EngineCapabilities = { pause: true, copyOnWrite: true }
  readonly volumes: Volumes
  readonly images: Images
  readonly #now: Clock
  readonly #program: FakeProgram
  readonly #isolations: readonly Isolation[]
  readonly #pods = new Map<string, FakePod>()
  readonly #failures: { readonly operation: FakeOperation; readonly cause: Error }[] = []
  readonly #turns = new PodTurns()
  readonly #reached = new Map<string, LimitReached>()
  readonly #heldOpen = new Map<string, number>()
  readonly #logs = new Map<string, string>()

  constructor(options: FakeEngineOptions) {
    this.volumes = options.volumes ?? new FakeVolumes()
    this.images = options.images ?? new FakeImages()
    this.#now = options.now ?? systemClock
    this.#program = options.program ?? notFound
    this.#isolations = ['runc', ...(options.isolations ?? [])]
  }

  /** The next such call fails; calls add up. */
  failNext(operation: FakeOperation, cause: Error = scriptedFailure(operation)): void {
    this.#failures.push({ operation, cause })
  }

  /** Ends a container behind the orchestrator's back; the gate takes the whole pod with it. */
  die(pod: string, container = 'gate'): void {
    this.#existing(pod).kill(container)
  }

  /** A container whose main process returns. */
  exit(pod: string, container: string, exitCode: number): void {
    this.#existing(pod).kill(container, exitCode)
  }

  /** Makes a port inside answer. */
  listen(pod: string, port: number, onConnection: OnConnection): void {
    this.#existing(pod).listeners.set(port, onConnection)
  }

  /** Connects as a program inside does to leave the pod. */
  dialOut(pod: string): Duplex {
    return this.#running(pod).dialOut()
  }

  setLogs(pod: string, container: string, text: string): void {
    this.#logs.set(`${pod}/${container}`, text)
  }

  async recover(): Promise<void> {}

  start(pod: PodSpec, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod.id, signal, (stop) => this.#start(pod, stop))
  }

  async observe(pod: string, signal: AbortSignal): Promise<readonly ContainerStatus[]> {
    signal.throwIfAborted()
    this.#failWhenAsked('observe')
    return this.#find(pod)?.statuses() ?? []
  }

  async list(signal: AbortSignal): Promise<readonly ObservedPod[]> {
    const pods = new Map<string, ObservedPod>()
    for (const { pod: id } of await this.volumes.list(signal)) {
      if (id !== null) pods.set(id, { id, kind: 'sandbox' })
    }
    for (const { spec } of this.#pods.values()) pods.set(spec.id, { id: spec.id, kind: spec.kind })
    return [...pods.values()]
  }

  async inventory(...request: Parameters<Engine['inventory']>): Promise<readonly Resource[]> {
    const [pod, , signal] = request
    this.#failWhenAsked('inventory')
    const owned = (await this.volumes.list(signal)).filter((volume) => volume.pod === pod)
    const volumes = owned.map(({ name }) => ({ kind: 'volume', id: name, name }) as const)
    return [...(this.#find(pod)?.inventory() ?? []), ...volumes]
  }

  async blindSpots(): Promise<readonly BlindSpot[]> {
    return []
  }

  async deadlines(): Promise<ReadonlyMap<string, Date>> {
    return new Map([...this.#pods].map(([id, { deadline }]) => [id, deadline]))
  }

  async setDeadline(pod: string, deadline: Date): Promise<void> {
    this.#failWhenAsked('setDeadline')
    this.#existing(pod).deadline = deadline
  }

  async connect(pod: string, port: number, signal: AbortSignal): Promise<Duplex> {
    signal.throwIfAborted()
    return this.#running(pod).connect(port)
  }

  async listenEgress(pod: string, onConnection: OnConnection): Promise<AsyncDisposable> {
    return this.#existing(pod).listenEgress(onConnection)
  }

  pause(pod: string, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod, signal, async () => this.#hold('pause', pod))
  }

  resume(pod: string, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod, signal, async () => this.#hold('resume', pod))
  }

  checkpoint(...request: Parameters<Engine['checkpoint']>): Promise<void> {
    const [pod, copies, signal] = request
    return this.#turns.start(pod, signal, async (stop) => {
      this.#failWhenAsked('checkpoint')
      this.#running(pod).refuseSecondKernel()
      await this.volumes.checkpoint(copies, stop)
    })
  }

  strip(pod: string, signal: AbortSignal): Promise<void> {
    return this.#turns.start(pod, signal, async () => {
      this.#failWhenAsked('strip')
      this.#find(pod)?.strip()
    })
  }

  /** Whether its processes are held. */
  isHeld(pod: string): boolean {
    return this.#existing(pod).isHeld
  }

  async exec(...request: Parameters<Engine['exec']>): Promise<Process> {
    const [pod, container, spec, signal] = request
    signal.throwIfAborted()
    this.#failWhenAsked('exec')
    const process = this.#running(pod).exec(container, spec, this.#program)
    const kill = () => void process.kill()
    signal.addEventListener('abort', kill, { once: true })
    const forget = () => signal.removeEventListener('abort', kill)
    process.exit.then(forget, forget)
    return process
  }

  async logs(...request: Parameters<Engine['logs']>): Promise<string> {
    const [pod, container, bytes] = request
    const known = this.#existing(pod)
      .statuses()
      .some(({ name }) => name === container)
    if (!known) throw containerNotFound(pod, container)
    return (this.#logs.get(`${pod}/${container}`) ?? '').slice(-bytes)
  }

  destroy(pod: string, signal: AbortSignal): Promise<void> {
    return this.#turns.end(pod, signal, () => this.#destroy(pod, signal))
  }

  /** As a program inside that takes too much. */
  reachLimit(reached: LimitReached): void {
    this.#reached.set(`${reached.pod} ${reached.container} ${reached.limit}`, reached)
  }

  async limitsReached(signal: AbortSignal): Promise<readonly LimitReached[]> {
    signal.throwIfAborted()
    return [...this.#reached.values()].filter(({ pod }) => this.#find(pod)?.hasEnded === false)
  }

  /** A program is a process and a hundredth of a second; nothing else takes anything. */
  async usage(pod: string, signal: AbortSignal): Promise<readonly ContainerUsage[]> {
    signal.throwIfAborted()
    return this.#find(pod)?.usage(this.#now()) ?? []
  }

  /** As a program inside that deletes what it goes on writing to. */
  holdOpen(pod: string, bytes: number): void {
    this.#heldOpen.set(pod, bytes)
  }

  async heldOpen(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    signal.throwIfAborted()
    return new Map(this.#heldOpen)
  }

  async isolations(signal: AbortSignal): Promise<readonly Isolation[]> {
    signal.throwIfAborted()
    return this.#isolations
  }

  async diagnose(): Promise<readonly Diagnosis[]> {
    return [{ name: 'engine', status: 'ok', message: 'Pods live in memory.' }]
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #start(pod: PodSpec, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#failWhenAsked('start')
    for (const { image, isolation = 'runc' } of pod.containers) {
      if (!this.#isolations.includes(isolation)) throw isolationUnavailable(isolation)
      if (!(await this.images.has(image, signal))) throw noSuchImage(image)
    }
    signal.throwIfAborted()
    const present = this.#find(pod.id)
    if (present?.hasEnded) throw podGone(pod.id)
    if (present === undefined) this.#pods.set(pod.id, new FakePod(pod))
    else for (const container of pod.containers) present.addMissing(container)
  }

  async #destroy(pod: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#failWhenAsked('destroy')
    this.#pods.get(pod)?.kill('gate')
    this.#pods.delete(pod)
    const owned = (await this.volumes.list(signal)).filter((volume) => volume.pod === pod)
    await Promise.all(owned.map(({ name }) => this.volumes.remove(name, signal)))
  }

  /** Every look at a pod first lets its gate see the time. */
  #find(id: string): FakePod | undefined {
    const pod = this.#pods.get(id)
    if (pod !== undefined && !pod.hasEnded && pod.deadline.getTime() <= this.#now())
      pod.kill('gate')
    return pod
  }

  #existing(id: string): FakePod {
    const pod = this.#find(id)
    if (pod === undefined) throw podGone(id)
    return pod
  }

  #running(id: string): FakePod {
    const pod = this.#existing(id)
    if (pod.hasEnded) throw podGone(id)
    return pod
  }

  #hold(operation: 'pause' | 'resume', pod: string): void {
    this.#failWhenAsked(operation)
    const running = this.#running(pod)
    if (operation === 'pause') running.refuseSecondKernel()
    running.isHeld = operation === 'pause'
  }

  #failWhenAsked(operation: FakeOperation): void {
    const index = this.#failures.findIndex((failure) => failure.operation === operation)
    const [failure] = index === -1 ? [] : this.#failures.splice(index, 1)
    if (failure !== undefined) throw failure.cause
  }
}

const notFound: FakeProgram = ({ command, stderr }) => {
  stderr.write(`${command[0]}: not found\n`)
  return 127
}
