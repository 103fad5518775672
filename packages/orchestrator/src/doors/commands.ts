import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { ExecRequest, ExecResult, ProcessStart } from '@stuntdouble/sdk/wire'
import type { Engine, Process } from '../engine/engine.ts'
import { pause } from '../lib/every.ts'
import { agent, workspaceContainer } from './agent.ts'
import { collect } from './collect.ts'
import { commandTimedOut } from './errors.ts'

/** Runs commands as the agent. */
export interface Commands {
  /** Collects the output, up to 8 MiB a stream. Throws `timed_out` after killing the whole tree. */
  run(sandbox: string, request: ExecRequest, signal: AbortSignal): Promise<ExecResult>
  /** The caller reads both streams and settles `exit`. An abort kills the tree. */
  start(sandbox: string, request: ProcessStart, signal: AbortSignal): Promise<Process>
  /** What `run` throws, for those who stream. */
  timedOut(timeoutMs: number): SandboxError
}

const outputLimitBytes = 8 * 1024 ** 2

export function createCommands(engine: Pick<Engine, 'exec'>): Commands {
  async function start(
    sandbox: string,
    request: ProcessStart,
    signal: AbortSignal,
  ): Promise<Process> {
    const process = await engine.exec(
      sandbox,
      workspaceContainer,
      {
        command: argvOf(request.command),
        env: request.env,
        workingDirectory: request.cwd,
        user: agent,
        ...(request.tty && { tty: request.tty }),
      },
      signal,
    )
    signal.addEventListener('abort', () => void process.kill().catch(() => {}), { once: true })
    return process
  }

  return {
    start,
    timedOut: commandTimedOut,
    async run(sandbox, { timeoutMs, ...request }, signal) {
      const process = await start(sandbox, request, signal)
      process.stdin.end()
      const output = Promise.all([
        collect(process.stdout, outputLimitBytes),
        collect(process.stderr, outputLimitBytes),
        process.exit,
      ])
      const timer = new AbortController()
      const late = pause(timeoutMs, timer.signal).then(() => !timer.signal.aborted)
      try {
        if ((await Promise.race([output.then(() => false), late])) === true) {
          await process.kill()
          throw commandTimedOut(timeoutMs)
        }
      } finally {
        timer.abort()
        output.catch(() => {})
      }
      const [stdout, stderr, exitCode] = await output
      const truncated = stdout.truncated || stderr.truncated
      return { stdout: stdout.text, stderr: stderr.text, exitCode, ...(truncated && { truncated }) }
    },
  }
}

/** A shell line gets bash where the image has it; an argv array is run as it is. */
function argvOf(command: ProcessStart['command']): readonly string[] {
  if (Array.isArray(command)) return command
  const shell = 'command -v bash >/dev/null && exec bash "$@"; exec sh "$@"'
  const login = command === undefined ? ['-l'] : ['-lc', command]
  return ['/bin/sh', '-c', shell, 'sh', ...login]
}
