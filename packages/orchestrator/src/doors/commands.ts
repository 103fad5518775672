import type { SandboxError } from '@stuntdouble/sdk/errors'
import type { ExecRequest, ExecResult, ProcessStart } from '@stuntdouble/sdk/wire'
import type { Engine, ExecSpec, Process } from '../engine/engine.ts'
import { agent, workspaceContainer } from './agent.ts'
import { collect } from './collect.ts'
import { commandTimedOut } from './errors.ts'
import { killable } from './killable.ts'
import { createOutputShares } from './output-share.ts'

/** Runs commands as the agent. */
export interface Commands {
  /**
   * Collects the output, up to 8 MiB a stream and 16 MiB a sandbox. Throws `timed_out` after killing
   * the whole tree.
   */
  run(sandbox: string, request: ExecRequest, answer: Answer): Promise<ExecResult>
  /** The caller reads both streams and settles `exit`. An abort kills the tree, or gives it up. */
  start(
    sandbox: string,
    request: ProcessStart & Pick<ExecSpec, 'stdin'>,
    signal: AbortSignal,
  ): Promise<Process>
  /** What `run` throws, for those who stream. */
  timedOut(timeoutMs: number): SandboxError
}

export interface Answer {
  /** Aborts when nobody waits for it any more. */
  readonly signal: AbortSignal
  /** Settles when it was sent, or its reader is gone: until then its output counts. */
  readonly closed: Promise<unknown>
}

const streamLimitBytes = 8 * 1024 ** 2
const sandboxLimitBytes = 16 * 1024 ** 2

export function createCommands(engine: Pick<Engine, 'exec'>): Commands {
  const shares = createOutputShares(sandboxLimitBytes)

  async function start(
    sandbox: string,
    request: ProcessStart & Pick<ExecSpec, 'stdin'>,
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
        ...(request.stdin && { stdin: request.stdin }),
      },
      signal,
    )
    return killable(process, signal)
  }

  return {
    start,
    timedOut: commandTimedOut,
    async run(sandbox, { timeoutMs, ...request }, { signal, closed }) {
      const share = shares.open(sandbox)
      closed.finally(() => share[Symbol.dispose]())
      const timed = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const process = await start(sandbox, { ...request, stdin: 'none' }, timed)
      const [stdout, stderr, exitCode] = await Promise.all([
        collect(process.stdout, streamLimitBytes, share.take),
        collect(process.stderr, streamLimitBytes, share.take),
        process.exit,
      ])
      if (timed.aborted && !signal.aborted) throw commandTimedOut(timeoutMs)
      const truncated = stdout.truncated || stderr.truncated
      return { stdout: stdout.text, stderr: stderr.text, exitCode, ...(truncated && { truncated }) }
    },
  }
}

/** A shell line gets bash where the image has it. An argv array is run as it is. */
export function argvOf(command: ProcessStart['command']): readonly string[] {
  if (Array.isArray(command)) return command
  const shell = 'command -v bash >/dev/null && exec bash "$@"; exec sh "$@"'
  const login = command === undefined ? ['-l'] : ['-lc', command]
  return ['/bin/sh', '-c', shell, 'sh', ...login]
}
