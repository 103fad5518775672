import Docker from 'dockerode'
import { asEngineError, imageMissing, isGone, statusOf } from './docker-errors.ts'
import { labelFilter, PodLabels } from './labels.ts'
import type { Runtimes } from './runtimes.ts'

/** One found container; its labels say whose it is. */
export interface FoundContainer extends PodLabels {
  readonly id: string
  readonly state: string
}

/** What of the engine’s description of itself we look at. */
export interface EngineInfo {
  readonly Runtimes?: Runtimes
  readonly SecurityOptions?: readonly string[]
  readonly MemoryLimit?: boolean
  readonly SwapLimit?: boolean
  readonly PidsLimit?: boolean
  readonly CpuCfsQuota?: boolean
}

/** The calls of the engine's API that pods need, with our labels and our errors. */
export class DockerClient {
  readonly docker: Docker
  readonly installation: string
  readonly #socketPath: string

  constructor(socketPath: string, installation: string) {
    this.#socketPath = socketPath
    this.installation = installation
    // An undefined host keeps the library from taking one out of the environment.
    this.docker = new Docker({ socketPath, host: undefined } as Docker.DockerOptions)
  }

  /** Runs a call and tells its failure in our words. */
  async call<T>(doing: string, run: (docker: Docker) => Promise<T>): Promise<T> {
    try {
      return await run(this.docker)
    } catch (cause) {
      throw asEngineError(this.#socketPath, doing, cause)
    }
  }

  version(signal: AbortSignal): Promise<Docker.DockerVersion> {
    // The library takes the signal; its types do not know.
    const ask = (docker: Docker) =>
      docker.version as (options: object) => Promise<Docker.DockerVersion>
    return this.call('telling its version', (docker) =>
      ask(docker).call(docker, { abortSignal: signal }),
    )
  }

  async info(signal: AbortSignal): Promise<EngineInfo> {
    const ask = (docker: Docker) => docker.info as (options: object) => Promise<EngineInfo>
    return this.call('describing itself', (docker) =>
      ask(docker).call(docker, { abortSignal: signal }),
    )
  }

  async find(signal: AbortSignal, pod?: string): Promise<readonly FoundContainer[]> {
    const filters = JSON.stringify(labelFilter(this.installation, pod))
    const found = await this.call('listing containers', (docker) =>
      docker.listContainers({ all: true, filters, abortSignal: signal }),
    )
    return found.map(({ Id, State, Labels }) => ({
      ...PodLabels.parse(Labels),
      id: Id,
      state: State,
    }))
  }

  /** Not abortable: a create whose caller left would complete unseen. */
  async create(config: Docker.ContainerCreateOptions): Promise<string> {
    const container = await this.call(`creating ${config.name}`, (docker) =>
      docker.createContainer(config).catch((cause) => {
        throw isGone(cause) ? imageMissing(config.Image ?? '', cause) : cause
      }),
    )
    return container.id
  }

  start(id: string): Promise<unknown> {
    return this.call('starting a container', (docker) => docker.getContainer(id).start())
  }

  inspect(id: string, signal: AbortSignal): Promise<Docker.ContainerInspectInfo> {
    return this.call('inspecting a container', (docker) =>
      docker.getContainer(id).inspect({ abortSignal: signal }),
    )
  }

  /** Content when it is gone, or when somebody else is removing it. */
  remove(id: string, signal: AbortSignal): Promise<'gone' | 'underway'> {
    return this.call('removing a container', async (docker) => {
      try {
        const options = { force: true, v: true, abortSignal: signal }
        await docker.getContainer(id).remove(options)
        return 'gone'
      } catch (cause) {
        if (isGone(cause)) return 'gone'
        if (statusOf(cause) === 409) return 'underway'
        throw cause
      }
    })
  }
}
