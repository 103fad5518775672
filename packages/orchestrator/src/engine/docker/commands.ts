import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine, ExecSpec, PodSpec } from '../engine.ts'
import type { DockerClient, FoundContainer } from './docker-client.ts'
import { containerNotFound } from './docker-errors.ts'
import { startExec } from './exec.ts'
import { orAborted } from './image-or-aborted.ts'
import { spellUser } from './labels.ts'
import type { Lane } from './lanes/lane.ts'
import { type LaneProcess, NotBegun, startOnLane } from './lanes/lane-process.ts'
import { type LaneKey, Lanes } from './lanes/lanes.ts'
import { refuseReservedUser } from './member-config.ts'
import { type PodProcess, RunningProcesses } from './running-processes.ts'

const lookMs = 100
const looks = 10

/**
 * Starts commands: by a runner that waits in the container, where there is one, which takes a
 * millisecond or two; else by the engine, which takes some fifty.
 */
export class Commands implements Disposable {
  readonly #client: DockerClient
  readonly #lanes = new Lanes()
  readonly #running = new RunningProcesses()

  constructor(client: DockerClient) {
    this.#client = client
  }

  async start(...request: Parameters<Engine['exec']>): Promise<PodProcess> {
    const [pod, container, command, signal] = request
    if (command.user !== undefined) refuseReservedUser(command.user)
    signal.throwIfAborted()
    const key = { pod, container, user: command.user }
    const process =
      (await this.#startReady(key, command, signal)) ?? (await this.#startNew(key, command, signal))
    killWhenAborted(process, signal)
    return this.#running.add(pod, process)
  }

  /** Makes a lane ready in each container of a pod that has just started, of those named with their ids. */
  expect({ id: pod, containers }: PodSpec, ids: ReadonlyMap<string, string>): void {
    for (const { name: container, commandsBy: user } of containers) {
      const containerId = ids.get(container)
      if (user === undefined || containerId === undefined) continue
      this.#lanes.arm({ pod, container, user }, { client: this.#client, containerId, user })
    }
  }

  podEnds(pod: string): void {
    this.#running.podEnds(pod)
  }

  podEnded(pod: string): void {
    this.#running.podEnded(pod)
    this.#lanes.podEnded(pod)
  }

  [Symbol.dispose](): void {
    this.#lanes[Symbol.dispose]()
  }

  /**
   * The engine is not asked: a lane that answers runs in a container that does. One that is on its way
   * is there sooner than another that begins now.
   */
  async #startReady(
    key: LaneKey,
    command: ExecSpec,
    signal: AbortSignal,
  ): Promise<LaneProcess | undefined> {
    await orAborted(this.#lanes.armed(key), signal)
    const lane = this.#lanes.takeReady(key)
    return lane && (await this.#startOn(lane, key, command))
  }

  async #startNew(key: LaneKey, command: ExecSpec, signal: AbortSignal) {
    const { pod, container, user } = key
    const found = await this.#find(pod, container, signal)
    const target = { client: this.#client, pod, containerId: found.id }
    if (found.runner !== undefined) {
      const isExpected = user !== undefined && found.commandsBy === spellUser(user)
      const where = { client: this.#client, containerId: found.id, user }
      const lane = await this.#lanes.take(key, where, isExpected)
      const process = lane && (await this.#startOn(lane, key, command))
      if (process) return process
    }
    signal.throwIfAborted()
    const spoken = found.commandsBy === undefined ? command : byShell(command)
    return await startExec(target, spoken, signal)
  }

  async #startOn(lane: Lane, key: LaneKey, command: ExecSpec): Promise<LaneProcess | undefined> {
    const { pod } = key
    const give = () => this.#lanes.give(key, lane)
    try {
      const process = await startOnLane(lane, { pod, hasEnded: () => this.#hasEnded(key) }, command)
      process.exit.then(give, give)
      return process
    } catch (cause) {
      give()
      if (cause instanceof NotBegun) return undefined
      throw cause
    }
  }

  /** An engine tells a container's end a little later than its connections end. */
  async #hasEnded({ pod, container }: LaneKey): Promise<boolean> {
    for (let look = 0; look < looks; look += 1) {
      const found = await this.#client.find(AbortSignal.timeout(5000), pod)
      if (!found.some(({ name, state }) => name === container && state === 'running')) return true
      await sleep(lookMs)
    }
    return false
  }

  async #find(pod: string, container: string, signal: AbortSignal): Promise<FoundContainer> {
    const found = await this.#client.find(signal, pod)
    const match = found.find(({ name, state }) => name === container && state === 'running')
    if (match === undefined) throw containerNotFound(pod, container)
    return match
  }
}

function killWhenAborted(process: PodProcess, signal: AbortSignal): void {
  const kill = () => void process.kill().catch(() => {})
  if (signal.aborted) kill()
  signal.addEventListener('abort', kill, { once: true })
  const forget = () => signal.removeEventListener('abort', kill)
  process.exit.then(forget, forget)
}

/**
 * The engine tells a program that is not there on standard output; a shell that becomes it tells it
 * like a runner. Whatever runs commands for somebody has one.
 */
const byShell = (spec: ExecSpec): ExecSpec => ({
  ...spec,
  command: ['/bin/sh', '-c', 'exec "$@"', 'sh', ...spec.command],
})
