import type { Readable, Writable } from 'node:stream'
import * as door from '../door/door.ts'
import type { Connection } from '../http/connection.ts'
import type { ExecResult } from '../wire/door.ts'
import type { ProcessOutputPage, ProcessView } from '../wire/processes.ts'
import { BackgroundCommand, type OutputListeners } from './background-command.ts'

export interface StartOptions extends door.CommandOptions {
  /** Gives it a terminal of this size. */
  readonly tty?: { readonly cols: number; readonly rows: number }
}

export interface BackgroundOptions extends StartOptions {
  readonly background: true
  /** Whether it is written to later; a terminal always is. */
  readonly stdin?: boolean
  /** A name of your own, shown in `list`. */
  readonly tag?: string
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

  /** Starts a command that outlives this program, and resolves once it runs. */
  run(command: string | readonly string[], options: BackgroundOptions): Promise<BackgroundCommand>
  /** Runs a command to its end. An exit code that is not zero is a result, not an error. */
  run(command: string | readonly string[], options?: door.CommandOptions): Promise<ExecResult>
  run(
    command: string | readonly string[],
    options: door.CommandOptions | BackgroundOptions = {},
  ): Promise<ExecResult | BackgroundCommand> {
    return 'background' in options
      ? this.#detach(command, options)
      : door.runCommand(this.#door, command, options)
  }

  /** Those that run in the background, oldest first, and those that ended a while ago. */
  list(): Promise<readonly ProcessView[]> {
    return door.listProcesses(this.#door)
  }

  /** Joins one that runs in the background: what is kept of its output comes first. */
  async connect(id: string, listeners: OutputListeners = {}): Promise<BackgroundCommand> {
    const ref = { door: this.#door, id }
    const { pid } = await door.processView(ref)
    return new BackgroundCommand(ref, pid, listeners)
  }

  /** What one has said, as far as it is kept: a page from these offsets on. */
  read(id: string, from = { stdout: 0, stderr: 0 }): Promise<ProcessOutputPage> {
    return door.readOutput({ door: this.#door, id }, from)
  }

  /** The same as it comes, for what is too large to hold. Read slowly, and it is said slowly. */
  output(
    id: string,
    { follow = false, signal }: Partial<door.OutputOptions> = {},
  ): AsyncGenerator<door.ProcessPiece, void, undefined> {
    return door.outputOf({ door: this.#door, id }, { follow, signal })
  }

  /** Ends one with all it started; false when it had ended before. */
  async kill(id: string): Promise<boolean> {
    const ref = { door: this.#door, id }
    const { state } = await door.processView(ref)
    await door.endProcess(ref)
    return state === 'running'
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

  async #detach(command: string | readonly string[], options: BackgroundOptions) {
    const { background: _, onStdout, onStderr, signal, env, ...start } = options
    const view = await door.startProcess(
      this.#door,
      {
        command: typeof command === 'string' ? command : [...command],
        ...start,
        ...(env && { env }),
      },
      signal,
    )
    const listeners = { ...(onStdout && { onStdout }), ...(onStderr && { onStderr }) }
    return new BackgroundCommand({ door: this.#door, id: view.id }, view.pid, listeners)
  }

  async #start(command: string | string[] | undefined, options: StartOptions) {
    const { onStdout, onStderr, cwd, env, tty, timeoutMs, signal } = options
    const process = await door.openProcess(this.#door, {
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

const handleOf = (process: door.RemoteProcess): ProcessHandle => ({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  wait: async () => ({ exitCode: await process.wait() }),
  kill: (signal) => process.kill(signal),
  resize: (cols, rows) => process.resize(cols, rows),
  [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
})
