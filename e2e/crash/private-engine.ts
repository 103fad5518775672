import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DockerClient } from '../../packages/orchestrator/src/engine/docker/docker-client.ts'
import { type EngineClient, openEngine } from '../lib/container-runtime.ts'
import { ensureImage } from '../lib/images.ts'

const images = ['gate', 'keeper', 'runner', 'workspace'].map((name) => `stuntdouble/${name}`)
const startWithinMs = 60_000

/**
 * An engine of the test's own beside the machine's, to be killed: its own data, its own containerd,
 * and no networks, for a pod needs none. It runs in a network namespace of its own: an engine without
 * a bridge removes `docker0` where it finds it, and that is the machine's. Disposal ends it and all
 * that it ran.
 */
export class PrivateEngine implements AsyncDisposable {
  readonly socketPath: string
  readonly docker: EngineClient
  readonly #root: string
  readonly #spared = new Set<string>()
  #daemon: ChildProcess | undefined

  private constructor(root: string) {
    this.#root = root
    this.socketPath = join(root, 'docker.sock')
    this.docker = new DockerClient(this.socketPath, '').docker
  }

  static async open(): Promise<PrivateEngine> {
    const engine = new PrivateEngine(await mkdtemp('/tmp/sd-docker-'))
    await using scope = new AsyncDisposableStack()
    scope.use(engine)
    await engine.start()
    await copyImages(await openEngine(), engine.docker)
    scope.move()
    return engine
  }

  /** Again after a kill: it finds what it had. */
  async start(): Promise<void> {
    await using log = await open(join(this.#root, 'log'), 'a')
    const at = (name: string) => join(this.#root, name)
    // Where nobody collects the dead, those of the last time pass for alive.
    for (const name of ['pid', 'exec/containerd/containerd.pid'])
      await rm(at(name), { force: true })
    this.#daemon = spawn(
      'unshare',
      [
        ...['--net', 'dockerd'],
        ...['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')],
        ...['--host', `unix://${this.socketPath}`],
        ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-masq=false'],
      ],
      { stdio: ['ignore', log.fd, log.fd] },
    )
    const late = Date.now() + startWithinMs
    while (!(await this.docker.ping().catch(() => false))) {
      if (Date.now() > late || this.#daemon.exitCode !== null) {
        throw new Error(await readFile(at('log'), 'utf8'))
      }
      await sleep(50)
    }
  }

  /** At once, and its containerd with it. What its containers run goes on. */
  kill = (): void => void this.#daemon?.kill('SIGKILL')

  async gone(): Promise<void> {
    if (this.#daemon?.exitCode === null && this.#daemon.signalCode === null) {
      await once(this.#daemon, 'exit')
    }
  }

  /** What runs now is not counted from here on. */
  async spare(): Promise<void> {
    for (const { Id } of await this.docker.listContainers()) this.#spared.add(Id)
  }

  /** Of its containers, as the kernel has them; asks no engine, for its files name them as well. */
  async processes(): Promise<readonly string[]> {
    const all = await readdir(join(this.#root, 'data/containers'))
    const containers = all.filter((id) => !this.#spared.has(id))
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const groups = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')),
    )
    return pids.filter((_, index) => containers.some((id) => groups[index]?.includes(id)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const containers = await this.docker.listContainers({ all: true }).catch(() => [])
    for (const { Id } of containers) await this.docker.getContainer(Id).remove({ force: true })
    this.#daemon?.kill('SIGTERM')
    await this.gone()
    await rm(this.#root, { recursive: true, force: true })
  }
}

async function copyImages(from: EngineClient, to: EngineClient): Promise<void> {
  for (const image of images) {
    // One that is not this tree's would be built again, where no network is.
    await ensureImage(image)
    for await (const _ of await to.loadImage(await from.getImage(image).get()));
  }
}
