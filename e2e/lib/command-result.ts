import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

export interface CommandRequest {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin?: string | undefined
  /** Progress goes straight to this program's own stderr, and is not in the result. */
  readonly showProgress?: boolean | undefined
  readonly timeoutMs: number
}

/** What a command did: an exit code that is not zero is a result. */
export class CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number

  constructor(stdout: string, stderr: string, exitCode: number) {
    this.stdout = stdout
    this.stderr = stderr
    this.exitCode = exitCode
  }

  /** The one object a command with `--json` prints; fails, with what it said, when it did not succeed. */
  json<T>(): T {
    if (this.exitCode !== 0) throw new Error(`exit code ${this.exitCode}: ${this.stderr}`)
    return JSON.parse(this.stdout) as T
  }
}

export async function runCommand(request: CommandRequest): Promise<CommandResult> {
  const { file, args, cwd, env, stdin = '', showProgress, timeoutMs } = request
  const child = spawn(file, args, {
    cwd,
    env,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', showProgress ? 'inherit' : 'pipe'],
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(stdin)
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)))
  })
  const textOf = (stream: Readable | null) => (stream ? text(stream) : '')
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  return new CommandResult(stdout, stderr, await exited)
}
