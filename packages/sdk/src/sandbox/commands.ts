import type { Readable, Writable } from 'node:stream'
import { type CommandOptions, openProcess, type RemoteProcess, runCommand } from '../door/door.ts'
import type { Connection } from '../http/connection.ts'
import type { ExecResult } from '../wire/door.ts'

export interface StartOptions extends CommandOptions {
  /** Gives it a terminal of this size. */
  readonly tty?: { readonly cols: number; readonly rows: number }
}

export interface ProcessHandle extends AsyncDisposable {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when it has ended; an exit code that is not zero is a result, not an error. */
  wait(): Promise<{ readonly exitCode: number }>
  kill(signal?: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void
  resize(cols: number, rows: number): void
}

/** Runs things in the sandbox. A string is a line for bash; an array is run as it is. */
export class Commands {
  readonly #door: Connection

  constructor(door: Connection) {
    this.#door = door
  }

  /** Runs a command to its end. An exit code that is not zero is a result, not an error. */
  run(command: string | readonly string[], options: CommandOptions = {}): Promise<ExecResult> {
    return runCommand(this.#door, command, options)
  }

  /** Starts a command and does not wait for it. */
  async start(
    command: string | readonly string[],
    options: StartOptions = {},
  ): Promise<ProcessHandle> {
    return await this.#start(typeof command === 'string' ? command : [...command], options)
  }

  /** Starts a login shell. */
  async shell(options: StartOptions = {}): Promise<ProcessHandle> {
    return await this.#start(undefined, options)
  }

  async #start(command: string | string[] | undefined, options: StartOptions) {
    const { onStdout, onStderr, cwd, env, tty, timeoutMs, signal } = options
    const process = await openProcess(this.#door, {
      ...(command !== undefined && { command }),
      ...(cwd !== undefined && { cwd }),
      ...(env && { env }),
      ...(tty && { tty }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      signal,
    })
    if (onStdout) process.stdout.setEncoding('utf8').on('data', onStdout)
    if (onStderr) process.stderr.setEncoding('utf8').on('data', onStderr)
    return handleOf(process)
  }
}

const handleOf = (process: RemoteProcess): ProcessHandle => ({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  wait: async () => ({ exitCode: await process.wait() }),
  kill: (signal) => process.kill(signal),
  resize: (cols, rows) => process.resize(cols, rows),
  [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
})
