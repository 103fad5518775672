import type { Socket } from 'node:net'
import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { ExecSpec, KillSignal, Process } from '../engine.ts'
import { demultiplex, passOn } from './demultiplex.ts'
import type { DockerClient } from './docker-client.ts'
import { engineFailed, isGone, podGone } from './docker-errors.ts'
import { killTree } from './kill-tree.ts'

export interface ExecTarget {
  readonly client: DockerClient
  readonly pod: string
  readonly containerId: string
}

export interface StartedExec {
  readonly target: ExecTarget
  readonly command: ExecSpec
  readonly exec: Docker.Exec
  readonly socket: Socket
  readonly mark: string
}

export class DockerProcess implements Process {
  readonly stdin: Writable
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly exit: Promise<number>
  readonly #started: StartedExec
  /**
   * Stops waiting for readers. The engine (20.10) tells no exit in a container, not even the
   * container's own, while the output of a command that ended there is unread.
   */
  readonly #release = new AbortController()
  #podEnds = false

  constructor(started: StartedExec) {
    this.#started = started
    this.stdin = started.command.stdin === 'none' ? nowhere() : writableHalf(started.socket)
    this.exit = this.#follow()
    // Nobody awaiting the exit must not end this process.
    this.exit.catch(() => {})
  }

  async kill(signal: KillSignal = 'SIGKILL'): Promise<void> {
    const { target, command, mark, exec } = this.#started
    const hasEnded = async () => (await noted(target, exec)) !== null
    const release = () => this.#release.abort()
    await killTree(target, { mark, signal, user: command.user, release, hasEnded })
  }

  /** What the command ends with from here on is the pod's doing. */
  podEnds(): void {
    this.#podEnds = true
    this.#release.abort()
  }

  /** The engine (20.10) may leave a command's connection open that began as its container ended. */
  podEnded(): void {
    this.podEnds()
    this.#started.socket.destroy()
  }

  async resize(cols: number, rows: number): Promise<void> {
    if (this.#started.command.tty === undefined) return
    await resizeTerminal(this.#started.exec, { cols, rows })
  }

  async #follow(): Promise<number> {
    const { socket, command, target, exec } = this.#started
    const { stdout, stderr } = this
    const outputs = { stdout, stderr, released: this.#release.signal }
    let broken = false
    try {
      await (command.tty === undefined ? demultiplex(socket, outputs) : passOn(socket, outputs))
    } catch {
      broken = !this.#release.signal.aborted
    } finally {
      stdout.end()
      stderr.end()
      socket.destroy()
    }
    const code = await this.#exitCode(target, exec)
    // Output that was cut short is not passed for whole.
    if (broken) throw engineFailed('reading the output of a command: the connection broke')
    return code
  }

  /** The streams can end before the engine has noted the exit, and a process may close its own. */
  async #exitCode(target: ExecTarget, exec: Docker.Exec): Promise<number> {
    for (let waitMs = 2; ; waitMs = Math.min(waitMs * 2, slowestPollMs)) {
      const code = await noted(target, exec)
      const unsure = code === null ? waitMs === slowestPollMs : code >= firstUnsureExit
      if (unsure && (this.#podEnds || !(await isRunning(target)))) throw podGone(target.pod)
      if (code !== null) return code
      await sleep(waitMs)
    }
  }
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })

/** Half-closes the connection at its end, which the engine passes on as end of file. */
function writableHalf(socket: Socket): Writable {
  const stdin = new Writable({
    write: (chunk, encoding, done) => {
      socket.write(chunk, encoding, done)
    },
    final: (done) => {
      socket.end(done)
    },
  })
  // Writing to a command that ended is ordinary; its exit says so.
  stdin.on('error', () => {})
  socket.on('error', () => stdin.destroy())
  socket.once('close', () => stdin.destroy())
  return stdin
}

/** A terminal that ended before its size was set needs none. */
export const resizeTerminal = (exec: Docker.Exec, { cols, rows }: { cols: number; rows: number }) =>
  exec.resize({ w: cols, h: rows }).catch(() => {})

/** Null while it runs. */
async function noted({ client, pod }: ExecTarget, exec: Docker.Exec): Promise<number | null> {
  const seen = await exec.inspect().catch((cause) => {
    if (isGone(cause)) throw podGone(pod)
    return client.call('reading an exit code', () => Promise.reject(cause))
  })
  return seen.Running ? null : seen.ExitCode
}

const slowestPollMs = 500
/** Killed (137), or whatever an engine makes of a container that ended under a command (126). */
const firstUnsureExit = 126

async function isRunning({ client, pod, containerId }: ExecTarget): Promise<boolean> {
  const found = await client.find(AbortSignal.timeout(5000), pod)
  return found.some(({ id, state }) => id === containerId && state === 'running')
}
