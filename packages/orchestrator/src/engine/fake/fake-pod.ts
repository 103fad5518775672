import { type Duplex, duplexPair } from 'node:stream'
import { newSecret } from '../../lib/ids.ts'
import type {
  ContainerSpec,
  ContainerStatus,
  ContainerUsage,
  ExecSpec,
  PodSpec,
  Resource,
} from '../engine.ts'
import { alreadyListening, containerNotFound, secondKernel, userRefused } from './fake-errors.ts'
import { FakeProcess, type FakeProgram } from './fake-process.ts'

export type OnConnection = (socket: Duplex) => void

interface FakeContainer {
  status: ContainerStatus
  readonly processes: Set<FakeProcess>
  begun: number
}

const reserved = new Set([0, 64_000])
const killedExit = 137

/** One pod of the fake engine: containers that only have a state, and connections in memory. */
export class FakePod {
  readonly spec: PodSpec
  deadline: Date
  isHeld = false
  readonly listeners = new Map<number, OnConnection>()
  readonly #containers = new Map<string, FakeContainer>()
  #egress: OnConnection | undefined

  constructor(spec: PodSpec) {
    this.spec = spec
    this.deadline = spec.deadline
    this.#add('gate')
    for (const container of spec.containers) this.addMissing(container)
  }

  /** A container that is there stays. */
  addMissing({ name, uid, gid }: ContainerSpec): void {
    if (reserved.has(uid) || reserved.has(gid)) throw userRefused(uid, gid)
    if (!this.#containers.has(name)) this.#add(name)
  }

  get hasEnded(): boolean {
    return this.#containers.get('gate')?.status.state === 'exited'
  }

  statuses(): readonly ContainerStatus[] {
    return [...this.#containers.values()].map(({ status }) => status)
  }

  usage(at: number): readonly ContainerUsage[] {
    return [...this.#containers.values()]
      .filter(({ status }) => status.state === 'running')
      .map(({ status: { name }, processes, begun }) => ({
        ...{ name, at, cpuSeconds: begun / 100, memoryBytes: 2 ** 20 * (1 + processes.size) },
        cacheBytes: 0,
        processes: 1 + processes.size,
      }))
  }

  /** Removes all but the gate. */
  strip(): void {
    for (const name of [...this.#containers.keys()].filter((name) => name !== 'gate')) {
      this.kill(name)
      this.#containers.delete(name)
    }
    this.listeners.clear()
    this.isHeld = false
  }

  refuseSecondKernel(): void {
    const { id, containers } = this.spec
    if (containers.some(({ isolation = 'runc' }) => isolation !== 'runc')) throw secondKernel(id)
  }

  /** Ends one container; the gate takes the others with it. */
  kill(name: string, ownExitCode = killedExit): void {
    const killed = name === 'gate' ? [...this.#containers.keys()] : [name]
    for (const each of killed) {
      const container = this.#containers.get(each)
      if (container === undefined) throw containerNotFound(this.spec.id, each)
      const exitCode = each === 'gate' ? 0 : each === name ? ownExitCode : killedExit
      container.status = { ...container.status, state: 'exited', exitCode }
      for (const process of container.processes) process.podEnds(this.spec.id)
    }
    if (name === 'gate') this.listeners.clear()
  }

  exec(name: string, spec: ExecSpec, program: FakeProgram): FakeProcess {
    if (spec.user && (reserved.has(spec.user.uid) || reserved.has(spec.user.gid))) {
      throw userRefused(spec.user.uid, spec.user.gid)
    }
    const container = this.#containers.get(name)
    if (container?.status.state !== 'running') throw containerNotFound(this.spec.id, name)
    const process = new FakeProcess({ pod: this.spec.id, container: name, spec, program })
    container.processes.add(process)
    container.begun += 1
    const remove = () => container.processes.delete(process)
    process.exit.then(remove, remove)
    return process
  }

  connect(port: number): Duplex {
    return joined(this.listeners.get(port))
  }

  /** A connection as a program inside makes it to 127.0.0.1:3128. */
  dialOut(): Duplex {
    return joined(this.#egress)
  }

  listenEgress(onConnection: OnConnection): AsyncDisposable {
    if (this.#egress !== undefined) throw alreadyListening(this.spec.id)
    this.#egress = onConnection
    const close = async () => {
      if (this.#egress === onConnection) this.#egress = undefined
    }
    return { [Symbol.asyncDispose]: close }
  }

  inventory(): readonly Resource[] {
    const containers = this.statuses().map(
      ({ id, name }) => ({ kind: 'container', id, name }) as const,
    )
    const processes = this.statuses()
      .filter(({ state }) => state === 'running')
      .map(({ id, name }) => ({ kind: 'process', id, name }) as const)
    const { id } = this.spec
    return [...containers, ...processes, { kind: 'directory', id: `/run/${id}`, name: id }]
  }

  #add(name: string): void {
    const status = { id: newSecret(), name, state: 'running', exitCode: null } as const
    this.#containers.set(name, { status, processes: new Set(), begun: 0 })
  }
}

/** Two ends of a connection; without a handler it ends at once. */
function joined(handler: OnConnection | undefined): Duplex {
  const [near, far] = duplexPair()
  if (handler === undefined) far.end()
  else queueMicrotask(() => handler(far))
  return near
}
