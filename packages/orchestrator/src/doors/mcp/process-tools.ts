import { ProcessId, type ProcessOutputPage, StartProcess } from '@stuntdouble/sdk/wire'
import { z } from 'zod'
import { outputPage } from '../processes/output-page.ts'
import type { BackgroundProcess, Processes } from '../processes/processes.ts'
import { type AddTool, type Asked, sandboxTool } from './tool.ts'

export const processTools = (processes: Processes): readonly AddTool[] => [
  startTool(processes),
  readTool(processes),
  stopTool(processes),
]

const pageBytes = 30_000
const mostSeconds = 50
/** What goes wrong at once is told at once. */
const firstWordsMs = 1_000
/** A process that heeds no SIGTERM is killed. */
const graceMs = 5_000

const Said = z.object({
  process: ProcessId,
  state: z.enum(['running', 'ended']),
  exitCode: z.int().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  /** Where to read on. */
  stdoutNext: z.int(),
  stderrNext: z.int(),
  /** So much was said before this and is no longer kept. */
  droppedBytes: z.int(),
})

const startTool = (processes: Processes): AddTool =>
  sandboxTool(
    {
      name: 'start_process',
      title: 'Start a process',
      description:
        'Starts a command that runs on in the background, such as a server, and returns what it says in its first second. It outlives this call and ends with the sandbox; alone it does not keep the sandbox from ending for want of use. It reads no input.',
      input: z.strictObject({
        command: z.string().min(1).max(131_072).describe('A line for bash, run as user "agent".'),
        cwd: z.string().startsWith('/').default('/workspace'),
      }),
      output: Said,
      annotations: { destructiveHint: true, idempotentHint: false, openWorldHint: false },
    },
    async (input, { sandbox, signal }) => {
      const process = await processes.start(sandbox, StartProcess.parse(input), signal)
      await ended(process, firstWordsMs)
      return await said(process, { stdout: 0, stderr: 0, waitMs: 0 }, signal)
    },
  )

const readTool = (processes: Processes): AddTool =>
  sandboxTool(
    {
      name: 'read_process_output',
      title: 'Read a process’s output',
      description: `Reads what a background process said from these offsets on, ${pageBytes} bytes of each stream at most; begin at 0 and go on at stdoutNext and stderrNext. The last MiB or so of each is kept, and for ten minutes after its end. wait_seconds waits for more, or for its end.`,
      input: z.strictObject({
        process: ProcessId,
        stdout_offset: z.int().min(0).default(0),
        stderr_offset: z.int().min(0).default(0),
        wait_seconds: z.number().min(0).max(mostSeconds).default(0),
      }),
      output: Said,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async (input, { sandbox, signal }) => {
      const process = processes.get(sandbox, input.process)
      const { stdout_offset: stdout, stderr_offset: stderr } = input
      const waitMs = Math.round(input.wait_seconds * 1000)
      return await said(process, { stdout, stderr, waitMs }, signal)
    },
  )

const stopTool = (processes: Processes): AddTool =>
  sandboxTool(
    {
      name: 'stop_process',
      title: 'Stop a process',
      description:
        'Asks a background process to end, and kills it with all it started when it has not after five seconds. Returns the last of what it said.',
      input: z.strictObject({ process: ProcessId }),
      output: Said,
      annotations: { destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ process: id }, { sandbox, signal }) => {
      const process = processes.get(sandbox, id)
      if (process.view.state === 'running') await stop(process)
      const { stdout, stderr } = process.view
      const last = (to: number) => Math.max(0, to - pageBytes)
      const from = { stdout: last(stdout.to), stderr: last(stderr.to), waitMs: 0 }
      return await said(process, from, signal)
    },
  )

async function stop(process: BackgroundProcess): Promise<void> {
  await process.kill('SIGTERM').catch(() => {})
  await ended(process, graceMs)
  if (process.view.state === 'running') await process.kill('SIGKILL')
  await process.ended
}

async function ended(process: BackgroundProcess, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([process.ended, late.promise]).finally(() => clearTimeout(timer))
}

interface From {
  readonly stdout: number
  readonly stderr: number
  readonly waitMs: number
}

async function said(process: BackgroundProcess, from: From, signal: Asked['signal']) {
  const page = await outputPage(process, { ...from, pageBytes }, signal)
  const structured = structuredOf(page)
  return { structured, text: told(structured) }
}

function structuredOf({ process, stdout, stderr }: ProcessOutputPage): z.infer<typeof Said> {
  return {
    process: process.id,
    state: process.state === 'running' ? 'running' : 'ended',
    ...{ exitCode: process.exitCode, stdout: stdout.text, stderr: stderr.text },
    ...{ stdoutNext: stdout.next, stderrNext: stderr.next },
    droppedBytes: stdout.dropped + stderr.dropped,
  }
}

function told(page: z.infer<typeof Said>): string {
  const { process, state, exitCode, stdout, stderr, droppedBytes } = page
  const how = state === 'running' ? 'runs' : `ended${exitCode === null ? '' : ` with ${exitCode}`}`
  return [
    `process ${process} ${how}; read on with stdout_offset ${page.stdoutNext}, stderr_offset ${page.stderrNext}`,
    ...(droppedBytes > 0 ? [`[${droppedBytes} bytes before this are no longer kept]`] : []),
    ...(stdout === '' ? [] : [stdout]),
    ...(stderr === '' ? [] : [`stderr:\n${stderr}`]),
  ].join('\n')
}
