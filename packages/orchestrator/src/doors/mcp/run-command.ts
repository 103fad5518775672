import { Readable } from 'node:stream'
import { excerpt } from '@stuntdouble/sdk/excerpt'
import { ExecRequest, type ExecResult } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { newProcessId } from '../../lib/ids.ts'
import type { Commands } from '../commands.ts'
import type { Files } from '../files.ts'
import { type AddTool, sandboxTool, type ToolCall } from './tool.ts'

const shownCharacters = 30_000
const defaultSeconds = 120
const mostSeconds = 86_400

const Input = z.strictObject({
  command: z.string().min(1).max(131_072).describe('A line for bash, run as user "agent".'),
  cwd: z.string().startsWith('/').default('/workspace'),
  timeout_seconds: z.number().positive().max(mostSeconds).default(defaultSeconds),
})

const Output = z.object({
  exitCode: z.int(),
  stdout: z.string(),
  stderr: z.string(),
  /** What is missing in the middle of each. */
  stdoutOmittedBytes: z.int(),
  stderrOmittedBytes: z.int(),
  /** Inside: all that was kept of a stream of which something is missing here. */
  stdoutFile: z.string().nullable(),
  stderrFile: z.string().nullable(),
  /** Past 8 MiB a stream, what a command says is dropped. */
  truncated: z.boolean(),
  milliseconds: z.int(),
})

export interface CommandRan {
  readonly command: string
  readonly result: ExecResult
  readonly milliseconds: number
}

interface Parts {
  readonly commands: Commands
  readonly files: Files
  /** Told of each that came to its end. */
  readonly onRan: (sandbox: string, ran: CommandRan) => void
}

export const runCommandTool = ({ commands, files, onRan }: Parts): AddTool =>
  sandboxTool(
    {
      name: 'run_command',
      title: 'Run a command',
      description: `Runs a shell command in the sandbox and waits for its end. Each starts afresh: no directory and no variable is kept from the one before. Of output longer than ${shownCharacters} characters the beginning and the end are shown, and a file in the sandbox has all of it, for read_file and search_files. There is no internet but what sandbox_info lists, and no root. A command that is cancelled, or whose caller goes away, is killed with all it started: use start_process for what is to run on.`,
      input: Input,
      output: Output,
      annotations: { destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    async ({ command, cwd, timeout_seconds }, call) => {
      const { sandbox, signal } = call
      const started = performance.now()
      const request = ExecRequest.parse({ command, cwd, timeoutMs: timeout_seconds * 1000 })
      // What was collected is let go of with the answer, which holds excerpts alone.
      const answered = Promise.withResolvers<void>()
      try {
        const result = await commands.run(sandbox, request, { signal, closed: answered.promise })
        const milliseconds = Math.round(performance.now() - started)
        onRan(sandbox, { command, result, milliseconds })
        const out = await shown(files, result.stdout, call)
        const error = await shown(files, result.stderr, call)
        const structured = {
          ...{ exitCode: result.exitCode, stdout: out.text, stderr: error.text, milliseconds },
          ...{ stdoutOmittedBytes: out.omittedBytes, stderrOmittedBytes: error.omittedBytes },
          ...{ stdoutFile: out.file, stderrFile: error.file },
          truncated: result.truncated ?? false,
        }
        return { structured, text: told(structured) }
      } finally {
        answered.resolve()
      }
    },
  )

async function shown(files: Files, whole: string, { sandbox, signal }: ToolCall) {
  const part = excerpt(whole, shownCharacters)
  if (part.omittedBytes === 0) return { ...part, file: null }
  const path = `/tmp/output-${newProcessId()}.txt`
  const body = Readable.from([Buffer.from(whole)])
  // There may be no room for it; what is shown is an answer all the same.
  const file = await files.write({ sandbox, path }, body, signal).then(
    () => path,
    () => null,
  )
  return { ...part, file }
}

function told(ran: z.infer<typeof Output>): string {
  const { exitCode, stdout, stderr, stdoutFile, stderrFile, truncated } = ran
  const parts = [
    ...(exitCode === 0 ? [] : [`exit code ${exitCode}`]),
    ...(stdout === '' ? [] : [stdout]),
    ...(stderr === '' ? [] : [`stderr:\n${stderr}`]),
    ...[stdoutFile, stderrFile].filter((file) => file !== null).map((file) => `[all: ${file}]`),
    ...(truncated ? ['[what came after the first 8 MiB was dropped]'] : []),
  ]
  return parts.join('\n') || 'exit code 0, no output'
}
