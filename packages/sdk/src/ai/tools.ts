import { type Tool, tool } from 'ai'
import { z } from 'zod'
import { SandboxError } from '../errors.ts'
import { excerpt } from '../excerpt.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { sandboxSession } from './session.ts'

const shownCharacters = 30_000
const shownEntries = 1_000
const shownRows = 200
const path = z.string().describe('Absolute, or relative to /workspace.')

type ToolName = 'run_command' | 'read_file' | 'write_file' | 'list_files' | 'query_database'

/**
 * Tools for `generateText`, `streamText` and agents. What they answer is bounded; what goes wrong is
 * told to the model with what to do about it.
 */
export function sandboxTools(box: Sandbox): Record<ToolName, Tool> {
  const session = sandboxSession(box)
  return {
    run_command: tool({
      description:
        'Runs a line for bash in the sandbox, as user "agent" in /workspace, and waits for it. Of long output the beginning and the end are shown.',
      inputSchema: z.object({
        command: z.string(),
        timeout_seconds: z.number().positive().max(600).default(120),
      }),
      execute: ({ command, timeout_seconds }, { abortSignal: signal }) =>
        told(async () => {
          const timeoutMs = Math.ceil(timeout_seconds * 1000)
          const options = { timeoutMs, ...(signal && { signal }) }
          const { stdout, stderr, exitCode } = await box.commands.run(command, options)
          return { exitCode, stdout: shown(stdout), stderr: shown(stderr) }
        }),
    }),
    read_file: tool({
      description: 'Reads a text file of the sandbox, or the lines of it that are asked for.',
      inputSchema: z.object({
        path,
        start_line: z.int().min(1).optional(),
        end_line: z.int().min(1).optional(),
      }),
      execute: ({ path, start_line: startLine, end_line: endLine }, { abortSignal }) =>
        told(async () => {
          const lines = { ...(startLine && { startLine }), ...(endLine && { endLine }) }
          const text = await session.readTextFile({
            path,
            ...lines,
            ...(abortSignal && { abortSignal }),
          })
          if (text === null) throw noFile(path)
          return shown(text)
        }),
    }),
    write_file: tool({
      description: 'Writes a whole text file in the sandbox, and the directories above it.',
      inputSchema: z.object({ path, content: z.string() }),
      execute: ({ path, content }, { abortSignal }) =>
        told(() => box.files.write(path, content, abortSignal)),
    }),
    list_files: tool({
      description: `Lists one directory of the sandbox, ${shownEntries} entries at most.`,
      inputSchema: z.object({ path: path.default('/workspace') }),
      execute: ({ path }, { abortSignal }) =>
        told(async () => (await box.files.list(path, abortSignal)).slice(0, shownEntries)),
    }),
    query_database: tool({
      description: `Runs one SQL statement in a database of the sandbox, a masked copy of production that may be changed. It is committed at its end. ${shownRows} rows are shown unless max_rows says more.`,
      inputSchema: z.object({
        sql: z.string(),
        parameters: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).default([]),
        database: z.string().optional().describe('The first when left out.'),
        max_rows: z.int().min(1).max(5_000).default(shownRows),
      }),
      execute: ({ sql, parameters, database, max_rows: maxRows }, { abortSignal: signal }) =>
        told(async () => {
          const options = { maxRows, ...(signal && { signal }) }
          return await box.database(database).query(sql, parameters, options)
        }),
    }),
  }
}

const shown = (text: string) => excerpt(text, shownCharacters).text

/** A model reads the message alone. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof SandboxError)) throw cause
    throw new Error(`${cause.message} ${cause.hint}`, { cause })
  }
}

const noFile = (path: string) =>
  new SandboxError('file_not_found', `There is no "${path}" in the sandbox.`, {
    hint: 'List its directory with list_files.',
  })
