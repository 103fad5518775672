import type { Connection } from '../http/connection.ts'
import { send } from '../http/http.ts'
import { cutShort, toldError } from '../http/http-errors.ts'
import { ndjson } from '../http/ndjson.ts'
import { type ExecInput, ExecLine, type ExecResult } from '../wire/door.ts'
import { ndjsonType } from '../wire/progress.ts'
import { Kept } from './kept.ts'

export interface CommandOptions {
  /** `/workspace` when left out. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Ten minutes when left out; the command is ended then and `timed_out` is thrown. */
  readonly timeoutMs?: number
  /** Called with text as it comes. Everything is in the result as well, up to 8 MiB of each stream. */
  readonly onStdout?: (text: string) => void
  readonly onStderr?: (text: string) => void
  /** Aborting ends the command. */
  readonly signal?: AbortSignal
}

/** Runs a command to its end. An exit code that is not zero is a result, not an error. */
export async function runCommand(
  door: Connection,
  command: string | readonly string[],
  options: CommandOptions = {},
): Promise<ExecResult> {
  const response = await send(door, {
    method: 'POST',
    path: '/exec',
    json: requestOf(command, options),
    accept: ndjsonType,
    timeoutMs: null,
    signal: options.signal,
  })
  const output = { stdout: new Kept(options.onStdout), stderr: new Kept(options.onStderr) }
  for await (const line of ndjson(response, ExecLine)) {
    if (line.type === 'error') throw toldError(line.problem)
    if (line.type !== 'exit') output[line.type].add(Buffer.from(line.data, 'base64'))
    else return resultOf(output, line.exitCode)
  }
  throw cutShort()
}

function requestOf(command: string | readonly string[], options: CommandOptions): ExecInput {
  return {
    command: typeof command === 'string' ? command : [...command],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.env && { env: options.env }),
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
  }
}

function resultOf({ stdout, stderr }: Record<'stdout' | 'stderr', Kept>, exitCode: number) {
  const result = { stdout: stdout.end(), stderr: stderr.end(), exitCode }
  return stdout.truncated || stderr.truncated ? { ...result, truncated: true } : result
}
