import { SandboxError } from '@stuntdouble/sdk/errors'
import {
  type ProcessOutputLine,
  type ProcessView,
  problemOf,
  type StartProcess,
} from '@stuntdouble/sdk/wire'
import type { KillSignal, Process } from '../../engine/engine.ts'
import type { Clock } from '../../lib/clock.ts'
import { type Followed, type From, follow, more, type Offsets } from './following.ts'
import { createInput, type Input } from './input.ts'
import { createOutput, type Output } from './output.ts'
import { hasEnded } from './process-errors.ts'
import { createPulse } from './pulse.ts'

/** A process that runs on without whoever started it, and what it said last. */
export interface BackgroundProcess {
  readonly id: string
  readonly view: ProcessView
  /**
   * Output from these offsets on, as it comes, and at last `exit` or `error`. The process waits for who
   * follows it; who reads nothing for half a minute is told later how much it missed.
   */
  follow(from: From, signal: AbortSignal): AsyncGenerator<ProcessOutputLine, void, undefined>
  readonly output: Readonly<Record<keyof Offsets, Output>>
  /** Resolves when there is more to read than at these offsets, or it ended, or was waited for enough. */
  more(than: Offsets, signal: AbortSignal): Promise<void>
  readonly write: Input['write']
  readonly closeStdin: Input['close']
  kill(signal: KillSignal): Promise<void>
  resize(cols: number, rows: number): Promise<void>
  /** Never rejects: how it ended is in the view. */
  readonly ended: Promise<void>
}

export interface Started {
  readonly id: string
  readonly request: StartProcess
  readonly pid: number | null
  readonly process: Process
  readonly grant: (bytes: number) => number
  readonly clock: Clock
  /** What is thrown where it ran too long; undefined while it did not. */
  readonly late: () => SandboxError | undefined
}

export function createBackgroundProcess(started: Started): BackgroundProcess {
  const { id, process, clock } = started
  const changed = createPulse()
  const output = {
    stdout: createOutput(started.grant, changed.beat),
    stderr: createOutput(started.grant, changed.beat),
  }
  const startedAt = clock()
  let end: (Outcome & { readonly at: number }) | undefined
  const over = new AbortController()
  const { stdin, tty } = started.request
  const input = createInput(process.stdin, stdin || tty !== undefined, over.signal)

  const followed: Followed = { output, changed, lastLine: () => end && lastLine(end) }
  const keep = async (name: keyof Offsets) => {
    for await (const chunk of process[name]) await output[name].append(chunk)
  }
  const ended = outcomeOf(Promise.all([process.exit, keep('stdout'), keep('stderr')]), started)
    .then((outcome) => {
      end = { ...outcome, at: clock() }
      over.abort()
    })
    .then(changed.beat)

  return {
    id,
    output,
    ended,
    get view() {
      return {
        ...described(started),
        ...stamps(startedAt, end?.at),
        state: end ? ('ended' as const) : ('running' as const),
        ...{ exitCode: end?.exitCode ?? null, problem: end?.problem ?? null },
        ...{ stdout: output.stdout.kept, stderr: output.stderr.kept },
      }
    },
    follow: (from, signal) => follow(followed, from, signal),
    more: (than, signal) => more(followed, than, signal),
    write: input.write,
    closeStdin: input.close,
    async kill(signal) {
      if (end) throw hasEnded()
      await process.kill(signal)
    },
    async resize(cols, rows) {
      if (end) throw hasEnded()
      await process.resize(cols, rows)
    },
  }
}

type Outcome = Pick<ProcessView, 'exitCode' | 'problem'>

async function outcomeOf(
  exit: Promise<[number, ...unknown[]]>,
  { late }: Pick<Started, 'late'>,
): Promise<Outcome> {
  const problem = (error: SandboxError) => ({ exitCode: null, problem: problemOf(error) })
  try {
    const [exitCode] = await exit
    const tooLate = late()
    return tooLate ? problem(tooLate) : { exitCode, problem: null }
  } catch (cause) {
    return problem(cause instanceof SandboxError ? cause : lostTrack())
  }
}

const lastLine = ({ exitCode, problem }: Outcome): ProcessOutputLine =>
  exitCode === null ? { type: 'error', problem } : { type: 'exit', exitCode }

const described = ({ id, pid, request }: Started) => ({
  ...{ id, pid, command: request.command ?? null, cwd: request.cwd },
  ...{ tty: request.tty !== undefined, tag: request.tag ?? null },
})

const stamps = (startedAt: number, endedAt: number | undefined) => ({
  startedAt: new Date(startedAt).toISOString(),
  endedAt: endedAt === undefined ? null : new Date(endedAt).toISOString(),
})

const lostTrack = () =>
  new SandboxError(
    'engine_failed',
    'The connection to the process broke; how it ended is not known.',
    {
      hint: 'Look for it inside with `ps`, and start it again where it is gone.',
    },
  )
