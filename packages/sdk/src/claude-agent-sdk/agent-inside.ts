import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Options, SpawnedProcess, SpawnOptions } from '@anthropic-ai/claude-agent-sdk'
import type { ProcessHandle } from '../sandbox/commands.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'

export interface InsideOptions {
  /** Claude Code’s name or path inside; `claude` when left out. */
  readonly executable?: string
  /** Of what runs inside. Nothing of this machine’s environment goes along. */
  readonly env?: Readonly<Record<string, string>>
  /** `/workspace` when left out. */
  readonly cwd?: string
  /** Told what it says on standard error. */
  readonly onStderr?: (text: string) => void
}

/** Variables of the Agent SDK itself; the rest of what it hands over is its own process’s environment. */
const ofTheSdk = ['CLAUDE_CODE_ENTRYPOINT', 'CLAUDE_AGENT_SDK_VERSION']

/**
 * Options of `query` with which the whole agent runs in the sandbox, tools and all. Its process ends
 * with its connection. The sandbox stays, and is its maker’s to end.
 */
export const agentInside = (
  box: Sandbox,
  { executable = 'claude', ...options }: InsideOptions = {},
): Required<Pick<Options, 'pathToClaudeCodeExecutable' | 'spawnClaudeCodeProcess'>> => ({
  pathToClaudeCodeExecutable: executable,
  spawnClaudeCodeProcess: (asked) => new InsideProcess(box, options, asked),
})

class InsideProcess extends EventEmitter implements SpawnedProcess {
  readonly stdin = new PassThrough()
  readonly stdout = new PassThrough()
  killed = false
  exitCode: number | null = null
  readonly #process: Promise<ProcessHandle>

  constructor(box: Sandbox, options: InsideOptions, asked: SpawnOptions) {
    super()
    this.#process = start(box, options, asked)
    this.#run().catch((cause: unknown) => this.#fail(cause))
  }

  kill(signal: NodeJS.Signals): boolean {
    if (this.exitCode !== null) return false
    this.killed = true
    const sent = signal === 'SIGINT' || signal === 'SIGTERM' ? signal : 'SIGKILL'
    void this.#process.then(
      (process) => process.kill(sent),
      () => {},
    )
    return true
  }

  async #run(): Promise<void> {
    const process = await this.#process
    // What it no longer reads is no failure: its end is told.
    pipeline(this.stdin, process.stdin).catch(() => {})
    // Before `wait`, which lets run what nobody reads.
    const said = pipeline(process.stdout, this.stdout)
    const [{ exitCode }] = await Promise.all([process.wait(), said])
    this.exitCode = exitCode
    this.emit('exit', exitCode, null)
  }

  #fail(cause: unknown): void {
    this.stdout.destroy()
    this.exitCode = 1
    this.emit('error', cause)
  }
}

function start(box: Sandbox, options: InsideOptions, { command, args, env, signal }: SpawnOptions) {
  const { cwd, onStderr } = options
  const own = ofTheSdk.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []))
  return box.commands.start([command, ...args], {
    env: { ...Object.fromEntries(own), ...options.env },
    ...(cwd !== undefined && { cwd }),
    ...(onStderr && { onStderr }),
    signal,
  })
}
