import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DockerClient } from '../../packages/orchestrator/src/engine/docker/docker-client.ts'
import { type EngineClient, openEngine } from '../lib/container-runtime.ts'
import { ensureImage } from '../lib/images.ts'
import { EngineDaemons } from './engine-daemons.ts'

const images = ['gate', 'keeper', 'runner', 'workspace'].map((name) => `stuntdouble/${name}`)
const startWithinMs = 60_000

/**
 * An engine of the test's own beside the machine's, to be killed. Disposal ends it and all that it
 * ran.
 */
export class PrivateEngine implements AsyncDisposable {
  readonly docker: EngineClient
  readonly #daemons: EngineDaemons
  readonly #spared = new Set<string>()

  private constructor(daemons: EngineDaemons) {
    this.#daemons = daemons
    this.docker = new DockerClient(daemons.socketPath, '').docker
  }

  static async open(): Promise<PrivateEngine> {
    await using scope = new AsyncDisposableStack()
    const engine = scope.use(new PrivateEngine(await EngineDaemons.prepare()))
    await engine.start()
    await copyImages(await openEngine(), engine.docker)
    scope.move()
    return engine
  }

  get socketPath(): string {
    return this.#daemons.socketPath
  }

  get isRunning(): boolean {
    return this.#daemons.areRunning
  }

  /** Again after a kill: it finds what it had. Resolves when it answers. */
  async start(): Promise<void> {
    await this.#daemons.start()
    const late = Date.now() + startWithinMs
    while (!(await this.docker.ping().catch(() => false))) {
      if (Date.now() > late || !this.#daemons.areRunning) throw new Error(await this.#daemons.log())
      await sleep(50)
    }
  }

  /** At once. What its containers run goes on. */
  kill = (): void => this.#daemons.signal('SIGKILL')

  gone(): Promise<void> {
    return this.#daemons.gone()
  }

  /** What runs now is not counted from here on. */
  async spare(): Promise<void> {
    for (const { Id } of await this.docker.listContainers()) this.#spared.add(Id)
  }

  /** Of its containers, as the kernel has them; asks no engine, for its files name them as well. */
  async processes(): Promise<readonly string[]> {
    const all = await readdir(join(this.#daemons.root, 'data/containers'))
    const counted = all.filter((id) => !this.#spared.has(id))
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const groups = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')),
    )
    return pids.filter((_, index) => counted.some((id) => groups[index]?.includes(id)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const containers = await this.docker.listContainers({ all: true }).catch(() => [])
    for (const { Id } of containers) await this.docker.getContainer(Id).remove({ force: true })
    this.#daemons.signal('SIGTERM')
    await this.gone()
    await this.#daemons.remove()
  }
}

async function copyImages(from: EngineClient, to: EngineClient): Promise<void> {
  for (const image of images) {
    // One that is not this tree's would be built again, where no network is.
    await ensureImage(image)
    for await (const _ of await to.loadImage(await from.getImage(image).get()));
  }
}
