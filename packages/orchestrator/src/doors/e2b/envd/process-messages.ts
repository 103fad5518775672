import { SandboxError } from '@stuntdouble/sdk/errors'
import { errorOf, Problem, type ProcessOutputLine, problemOf } from '@stuntdouble/sdk/wire'
import { z } from 'zod'

/** `process.Process` of envd, in protobuf’s JSON. */

const Size = z.object({ cols: z.int().default(80), rows: z.int().default(24) })
const Pty = z.object({ size: Size.prefault({}) })

export const StartMessage = z.object({
  process: z.object({
    cmd: z.string().min(1),
    args: z.array(z.string()).default([]),
    envs: z.record(z.string(), z.string()).default({}),
    cwd: z.string().default(''),
  }),
  pty: Pty.optional(),
  tag: z.string().optional(),
  /** Clients that know no such field expect it to be open. */
  stdin: z.boolean().default(true),
})

export const Selector = z.object({
  process: z.object({ pid: z.int().optional(), tag: z.string().optional() }).default({}),
})

const Input = z.object({ stdin: z.base64().optional(), pty: z.base64().optional() })
export const InputMessage = Selector.extend({ input: Input.default({}) })
export const inputBytes = ({ stdin, pty }: z.infer<typeof Input>) =>
  Buffer.from(stdin ?? pty ?? '', 'base64')

export const UpdateMessage = Selector.extend({ pty: Pty.optional() })

const signals = {
  SIGNAL_SIGTERM: 'SIGTERM',
  SIGNAL_SIGKILL: 'SIGKILL',
  15: 'SIGTERM',
  9: 'SIGKILL',
} as const
const Signal = z
  .union([z.enum(['SIGNAL_SIGTERM', 'SIGNAL_SIGKILL']), z.literal(15), z.literal(9)])
  .transform((signal) => signals[signal])
export const SignalMessage = Selector.extend({ signal: Signal })

export const StreamedInput = z.object({
  start: Selector.optional(),
  data: z.object({ input: Input.default({}) }).optional(),
})

export const startEvent = (pid: number) => ({ event: { start: { pid } } })
export const keepAlive = { event: { keepalive: {} } }

/** Throws what is no event there: a process that ended in another way, or output that is gone. */
export function eventOf(line: ProcessOutputLine, tty: boolean): object {
  if (line.type === 'error') throw errorOf(Problem.parse(line.problem ?? problemOf(outputLost(0))))
  if (line.type === 'dropped') throw outputLost(line.bytes)
  if (line.type === 'exit') return { event: { end: endOf(line.exitCode) } }
  return { event: { data: { [tty ? 'pty' : line.type]: line.data } } }
}

const endOf = (exitCode: number) => ({
  ...{ exitCode, exited: true, status: `exit status ${exitCode}` },
  ...(exitCode !== 0 && { error: `exit status ${exitCode}` }),
})

const outputLost = (bytes: number) =>
  new SandboxError('capacity', `The reader was too slow, and ${bytes} bytes of output are gone.`, {
    hint: 'The process runs on; connect to it again.',
    details: { connectCode: 'data_loss' },
  })
