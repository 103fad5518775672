import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { type ExecLine, type ExecRequest, ndjsonType, problemOf } from '@stuntdouble/sdk/wire'
import { asSandboxError } from '../lib/progress-response.ts'
import { commandText } from './command-text.ts'
import type { GatewayParts } from './gateway.ts'

interface Streamed {
  readonly sandbox: string
  readonly command: ExecRequest
  readonly response: ServerResponse
  readonly signal: AbortSignal
}

/** Output line by line as it comes. A slow reader slows the command down; a gone one ends it. */
export async function streamCommand(parts: GatewayParts, streamed: Streamed): Promise<void> {
  const { sandbox, command, response, signal } = streamed
  const { timeoutMs, ...start } = command
  const timed = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  response.setHeader('content-type', ndjsonType)
  const write = (line: ExecLine) => writeLine(response, line, signal)
  try {
    const silent = { ...start, stdin: 'none' } as const
    const process = await parts.doors.commands.start(sandbox, silent, timed)
    const [exitCode] = await Promise.all([
      process.exit,
      forward(process.stdout, 'stdout', write),
      forward(process.stderr, 'stderr', write),
    ])
    parts.recorder.recordSoon(sandbox, 'command', {
      command: commandText(command.command),
      exitCode,
    })
    await write(
      timed.aborted && !signal.aborted
        ? { type: 'error', problem: problemOf(parts.doors.commands.timedOut(timeoutMs)) }
        : { type: 'exit', exitCode },
    )
  } catch (cause) {
    await write({ type: 'error', problem: problemOf(asSandboxError(cause)) })
  }
  response.end()
}

async function forward(
  stream: Readable,
  type: 'stdout' | 'stderr',
  write: (line: ExecLine) => Promise<void>,
): Promise<void> {
  for await (const chunk of stream) await write({ type, data: chunk.toString('base64') })
}

async function writeLine(
  response: ServerResponse,
  line: ExecLine,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || response.write(`${JSON.stringify(line)}\n`)) return
  await once(response, 'drain', { signal }).catch(() => {})
}
