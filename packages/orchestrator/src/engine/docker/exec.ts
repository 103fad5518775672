import type { Socket } from 'node:net'
import type Docker from 'dockerode'
import { newSecret } from '../../lib/ids.ts'
import type { ExecSpec } from '../engine.ts'
import { podGone } from './docker-errors.ts'
import { DockerProcess, type ExecTarget, resizeTerminal } from './docker-process.ts'

/** In the environment of a command and of all it starts; how `kill` finds the tree again. */
const treeMark = 'STUNTDOUBLE_EXEC'

/** Starts a command by a call of the engine’s own. */
export async function startExec(
  target: ExecTarget,
  command: ExecSpec,
  signal: AbortSignal,
): Promise<DockerProcess> {
  const mark = newSecret()
  const exec = await createExec(target, command, mark)
  signal.throwIfAborted()
  const socket = await attach(target, exec, command)
  if (command.tty !== undefined) await resizeTerminal(exec, command.tty)
  return new DockerProcess({ target, command, exec, socket, mark })
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
        AttachStdin: command.stdin !== 'none',
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
  { tty, stdin }: ExecSpec,
): Promise<Socket> {
  const options = { hijack: true, stdin: stdin !== 'none', Detach: false, Tty: tty !== undefined }
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
