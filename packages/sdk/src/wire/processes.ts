import { z } from 'zod'
import { ProcessStart } from './door.ts'
import { Timestamp } from './units.ts'

/** The gateway’s `<url>/processes`: what runs on without whoever started it. */

export const ProcessId = z.string().regex(/^pr[a-z0-9]{12}$/, 'a process id such as pr1a2b3c4d5e6f')

export const StartProcess = ProcessStart.extend({
  stdin: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether it is written to later. A terminal always is.' }),
  tag: z.string().min(1).max(200).optional().meta({ description: 'A name of the caller’s own.' }),
})
export type StartProcess = z.infer<typeof StartProcess>
export type StartProcessInput = z.input<typeof StartProcess>

/** Offsets of the oldest byte that is kept and of the next that will be written. */
const Kept = z.object({ from: z.int(), to: z.int() })

export const ProcessView = z.object({
  id: ProcessId,
  /** Inside. Null where it could not be learnt. */
  pid: z.int().nullable(),
  /** Null: a login shell. */
  command: z.union([z.string(), z.array(z.string())]).nullable(),
  cwd: z.string(),
  tty: z.boolean(),
  tag: z.string().nullable(),
  /** `lost`: started by an orchestrator that has ended since. It may run still; nothing more is known. */
  state: z.enum(['running', 'ended', 'lost']),
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  /** Null while it runs, and where it ended in another way, which `problem` tells. */
  exitCode: z.int().nullable(),
  problem: z.unknown(),
  stdout: Kept,
  stderr: Kept,
})
export type ProcessView = z.infer<typeof ProcessView>

export const ProcessList = z.object({ processes: z.array(ProcessView) })
export type ProcessList = z.infer<typeof ProcessList>

const Offset = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0)

/** Of `GET processes/<id>/output`. As JSON a page at a time; as NDJSON until the process ends. */
export const ProcessOutputQuery = z.strictObject({
  stdout: Offset,
  stderr: Offset,
  follow: z.enum(['true', 'false']).default('true').meta({
    description:
      'As NDJSON: whether to go on until the process ends, or to the end of what is kept.',
  }),
  waitMs: z.coerce.number().int().min(0).max(60_000).default(0).meta({
    description: 'As JSON: how long to wait for more, where there is none yet.',
  }),
})
export type ProcessOutputQuery = z.infer<typeof ProcessOutputQuery>

/** `text` is UTF-8; bytes that are not are shown as U+FFFD. `next` is where to read on. */
const Page = z.object({ text: z.string(), dropped: z.int(), next: z.int() })

export const ProcessOutputPage = z.object({ process: ProcessView, stdout: Page, stderr: Page })
export type ProcessOutputPage = z.infer<typeof ProcessOutputPage>

/** base64, for output may be any bytes. `dropped`: so many were asked for and are no longer kept. */
export const ProcessOutputLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('stdout'), offset: z.int(), data: z.base64() }),
  z.object({ type: z.literal('stderr'), offset: z.int(), data: z.base64() }),
  z.object({ type: z.literal('dropped'), stream: z.enum(['stdout', 'stderr']), bytes: z.int() }),
  z.object({ type: z.literal('exit'), exitCode: z.int() }),
  z.object({ type: z.literal('error'), problem: z.unknown() }),
])
export type ProcessOutputLine = z.infer<typeof ProcessOutputLine>

export const SignalRequest = z.strictObject({ signal: z.enum(['SIGINT', 'SIGTERM', 'SIGKILL']) })
export type SignalRequest = z.infer<typeof SignalRequest>

export const ResizeRequest = z.strictObject({
  cols: z.int().min(1).max(1000),
  rows: z.int().min(1).max(1000),
})
export type ResizeRequest = z.infer<typeof ResizeRequest>
