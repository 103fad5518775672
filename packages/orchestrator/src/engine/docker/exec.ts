import type { Socket } from 'node:net'
import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { newSecret } from '../../lib/ids.ts'
import type { ExecSpec, Process } from '../engine.ts'
import { demultiplex, passOn } from './demultiplex.ts'
import type { DockerClient } from './docker-client.ts'
import { isGone, podGone } from './docker-errors.ts'
import { killTree } from './kill-tree.ts'
import { refuseReservedUser } from './member-config.ts'

/** In the environment of a command and of all it starts; how `kill` finds the tree again. */
export const treeMark = 'STUNTDOUBLE_EXEC'

export interface ExecTarget {
  readonly client: DockerClient
  readonly pod: string
  readonly containerId: string
}

/** Starts a command. Aborting the signal later kills what it started. */
export async function startExec(
  target: ExecTarget,
  command: ExecSpec,
  signal: AbortSignal,
): Promise<Process> {
  if (command.user !== undefined) refuseReservedUser(command.user)
  const mark = newSecret()
  const exec = await createExec(target, command, mark)
  signal.throwIfAborted()
  const socket = await attach(target, exec, command)
  if (command.tty !== undefined) await resize(exec, command.tty)
  return new DockerProcess({ target, command, exec, socket, mark }).followedBy(signal)
}

function createExec(
  { client, pod, containerId }: ExecTarget,
  command: ExecSpec,
  mark: string,
): Promise<Docker.Exec> {
  const environment = { ...command.env, [treeMark]: mark }
  return client.call('preparing a command', (docker) =>
    docker
      .getContainer(containerId)
      .exec({
        Cmd: [...command.command],
        Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        WorkingDir: command.workingDirectory,
        ...(command.user && { User: `${command.user.uid}:${command.user.gid}` }),
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: command.tty !== undefined,
      })
      .catch(goneWhenNotRunning(pod)),
  )
}

async function attach(
  { client, pod }: ExecTarget,
  exec: Docker.Exec,
  { tty }: ExecSpec,
): Promise<Socket> {
  const options = { hijack: true, stdin: true, Detach: false, Tty: tty !== undefined }
  const stream = await client.call('starting a command', () =>
    exec.start(options).catch(goneWhenNotRunning(pod)),
  )
  return stream as Socket
}

function goneWhenNotRunning(pod: string) {
  return (cause: { statusCode?: number }): never => {
    if (cause.statusCode === 404 || cause.statusCode === 409) throw podGone(pod)
    throw cause
  }
}

interface Started {
  readonly target: ExecTarget
  readonly command: ExecSpec
  readonly exec: Docker.Exec
  readonly socket: Socket
  readonly mark: string
}

class DockerProcess implements Process {
  readonly stdin: Writable
  readonly stdout = new PassThrough()
  readonly stderr = new PassThrough()
  readonly exit: Promise<number>
  readonly #started: Started

  constructor(started: Started) {
    this.#started = started
    this.stdin = writableHalf(started.socket)
    this.exit = this.#follow()
    // Whoever does not await the exit must not have the process end over it.
    this.exit.catch(() => {})
  }

  followedBy(signal: AbortSignal): this {
    const kill = () => void this.kill().catch(() => {})
    if (signal.aborted) kill()
    signal.addEventListener('abort', kill, { once: true })
    const unfollow = () => signal.removeEventListener('abort', kill)
    this.exit.then(unfollow, unfollow)
    return this
  }

  async kill(): Promise<void> {
    const { target, command, mark } = this.#started
    await killTree(target, { mark, user: command.user })
  }

  async resize(cols: number, rows: number): Promise<void> {
    if (this.#started.command.tty === undefined) return
    await resize(this.#started.exec, { cols, rows })
  }

  async #follow(): Promise<number> {
    const { socket, command, target, exec } = this.#started
    try {
      await (command.tty === undefined ? demultiplex(socket, this) : passOn(socket, this.stdout))
    } catch {
      // A connection that broke ends the streams; the inspection below says what became of it.
    } finally {
      this.stdout.end()
      this.stderr.end()
      socket.destroy()
    }
    return exitCode(target, exec)
  }
}

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
const resize = (exec: Docker.Exec, { cols, rows }: { cols: number; rows: number }) =>
  exec.resize({ w: cols, h: rows }).catch(() => {})

/** The streams can end before the engine has noted the exit, and a process may close its own. */
async function exitCode({ client, pod, containerId }: ExecTarget, exec: Docker.Exec) {
  for (let waitMs = 2; ; waitMs = Math.min(waitMs * 2, 500)) {
    const seen = await exec.inspect().catch((cause) => {
      if (isGone(cause)) throw podGone(pod)
      return client.call('reading an exit code', () => Promise.reject(cause))
    })
    if (!seen.Running && seen.ExitCode !== null) {
      if (seen.ExitCode === killedExit) await throwWhenStopped({ client, pod, containerId })
      return seen.ExitCode
    }
    await sleep(waitMs)
  }
}

const killedExit = 137

async function throwWhenStopped({ client, pod, containerId }: ExecTarget): Promise<void> {
  const found = await client.find(AbortSignal.timeout(5000), pod)
  if (found.some(({ id, state }) => id === containerId && state === 'running')) return
  throw podGone(pod)
}
