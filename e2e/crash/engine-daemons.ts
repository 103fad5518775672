import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endShimsOf } from './orphaned-shims.ts'

const run = promisify(execFile)

/** An engine without a bridge removes `docker0` from the namespace it starts in: never the machine's. */
const inOwnNetwork = ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']

/**
 * `dockerd` and the `containerd` below it, with everything they write under one directory, in network
 * namespaces of their own and without the machine's configuration, so that nothing is shared with the
 * machine's engine. No networks, for a pod needs none.
 */
export class EngineDaemons {
  /** Short: a socket's path has 107 bytes. */
  readonly root: string
  readonly socketPath: string
  #running: readonly ChildProcess[] = []

  private constructor(root: string) {
    this.root = root
    this.socketPath = join(root, 'docker.sock')
  }

  static async prepare(): Promise<EngineDaemons> {
    const daemons = new EngineDaemons(await mkdtemp('/tmp/sd-docker-'))
    await writeFile(daemons.#at('daemon.json'), '{}')
    await writeFile(daemons.#at('containerd.toml'), 'version = 2\n')
    return daemons
  }

  async start(): Promise<void> {
    // Where nobody collects the dead, that of the last time passes for alive.
    await rm(this.#at('pid'), { force: true })
    await using log = await open(this.#at('log'), 'a')
    this.#running = [this.#containerd(), this.#dockerd()].map((command) =>
      spawn('unshare', [...inOwnNetwork, ...command], { stdio: ['ignore', log.fd, log.fd] }),
    )
  }

  get areRunning(): boolean {
    return this.#running.every(({ exitCode, signalCode }) => exitCode === null && !signalCode)
  }

  signal(signal: NodeJS.Signals): void {
    for (const daemon of this.#running.toReversed()) daemon.kill(signal)
  }

  async gone(): Promise<void> {
    await Promise.all(
      this.#running
        .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
        .map((daemon) => once(daemon, 'exit')),
    )
  }

  /** Everything they wrote, once they are gone. One that was killed has left its mount behind. */
  async remove(): Promise<void> {
    await endShimsOf(this.#at('c.sock'))
    const mounts = (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .map((line) => line.split(' ')[1])
    const own = mounts.filter((place) => place?.startsWith(`${this.root}/`))
    for (const place of own.toReversed()) await run('umount', [place ?? ''])
    await rm(this.root, { recursive: true })
  }

  log(): Promise<string> {
    return readFile(this.#at('log'), 'utf8')
  }

  #at = (name: string) => join(this.root, name)

  #containerd = () => [
    ...['containerd', '--config', this.#at('containerd.toml'), '--address', this.#at('c.sock')],
    ...['--root', this.#at('containerd'), '--state', this.#at('containerd-state')],
  ]

  /** It waits for its containerd by itself. */
  #dockerd = () => [
    ...['dockerd', '--config-file', this.#at('daemon.json'), '--containerd', this.#at('c.sock')],
    ...['--data-root', this.#at('data'), '--exec-root', this.#at('exec')],
    ...['--pidfile', this.#at('pid'), '--host', `unix://${this.socketPath}`],
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-masq=false'],
  ]
}
