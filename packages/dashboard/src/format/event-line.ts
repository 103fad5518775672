import type { SandboxEvent } from '@stuntdouble/sdk/wire'
import { endReasonWords } from './end-reason.ts'
import { type EventData, numberOf, textOf } from './event-data.ts'
import { harmless } from './harmless.ts'
import { formatBytes } from './quantity.ts'
import { formatDate, formatDuration } from './time.ts'

type Tone = 'plain' | 'good' | 'warn' | 'bad'

/** One event as a line of the activity log; every part is text that shows what it is. */
export interface EventLine {
  readonly label: string
  readonly tone: Tone
  /** A shell line or another literal, shown in a monospaced face. */
  readonly code?: string | undefined
  readonly note?: string | undefined
  /** The end of what a command printed. */
  readonly output?: string | undefined
}

type Describe = (data: EventData) => EventLine

const lines: Readonly<Record<string, Describe>> = {
  pooled: () => ({ label: 'To be kept ready', tone: 'plain' }),
  warm: () => ({ label: 'Kept ready', tone: 'plain' }),
  created: (data) => ({
    label: data.warm ? 'Created, from one kept ready' : 'Created',
    tone: 'plain',
  }),
  ready: (data) => ({ label: 'Ready', tone: 'good', note: took(data) }),
  adopted: () => ({ label: 'Taken over by a restarted orchestrator', tone: 'plain' }),
  handover: () => ({ label: 'New hand-over URL', tone: 'plain' }),
  extended: (data) => ({ label: 'Extended', tone: 'plain', note: until(data) }),
  ending_soon: (data) => ({ label: 'Ends soon', tone: 'warn', note: why(data) }),
  pre_stop: preStopLine,
  command: commandLine,
  file_written: (data) => ({
    label: 'File written',
    tone: 'plain',
    code: textOf(data, 'path'),
    note: sizeOf(data),
  }),
  file_moved: (data) => ({
    label: 'File moved',
    tone: 'plain',
    code: textOf(data, 'from'),
    note: `to ${textOf(data, 'to') ?? 'elsewhere'}`,
  }),
  file_removed: (data) => ({ label: 'File removed', tone: 'plain', code: textOf(data, 'path') }),
  egress_allowed: (data) => ({ label: 'Let out', tone: 'plain', ...asked(data, 'rule') }),
  egress_denied: (data) => ({ label: 'Way out refused', tone: 'warn', ...asked(data, 'reason') }),
  limit_reached: (data) => ({
    label: `Limit reached: ${textOf(data, 'limit') ?? 'unknown'}`,
    tone: 'warn',
    note: textOf(data, 'message'),
  }),
  failed: (data) => ({ label: 'Failed', tone: 'bad', note: textOf(data, 'message') }),
  ending: (data) => ({ label: 'Ending', tone: 'plain', note: why(data) }),
  ended: endedLine,
}

export function eventLine({ type, data }: Pick<SandboxEvent, 'type' | 'data'>): EventLine {
  const describe = Object.hasOwn(lines, type) ? lines[type] : undefined
  return describe ? describe(data) : unknownLine(type, data)
}

function commandLine(data: EventData): EventLine {
  const exitCode = numberOf(data, 'exitCode') ?? 0
  const note = [exitCode !== 0 && `exit ${exitCode}`, took(data)].filter(Boolean).join(', ')
  const output = [textOf(data, 'stdoutTail'), textOf(data, 'stderrTail')]
    .filter((tail) => tail !== undefined)
    .map((tail) => (tail.endsWith('\n') ? tail : `${tail}\n`))
    .join('')
  return {
    label: exitCode === 0 ? 'Command' : 'Command failed',
    tone: exitCode === 0 ? 'plain' : 'bad',
    code: textOf(data, 'command') ?? '(not recorded)',
    note: note || undefined,
    output: output || undefined,
  }
}

function preStopLine(data: EventData): EventLine {
  const failure = textOf(data, 'failure')
  const label = failure ? `Last command: ${failure}` : 'Last command'
  return { ...commandLine(data), label, tone: failure ? 'bad' : 'plain', code: undefined }
}

function endedLine(data: EventData): EventLine {
  const note = why(data)
  if (data.clean === true) return { label: 'Ended, clean', tone: 'good', note }
  if (data.clean === false) return { label: 'Ended, not clean', tone: 'bad', note }
  return { label: 'Ended', tone: 'plain', note }
}

/** A kind of event this page does not know yet is still shown, with what came along. */
function unknownLine(type: string, data: EventData): EventLine {
  const code = Object.keys(data).length > 0 ? harmless(JSON.stringify(data)) : undefined
  return { label: harmless(type).slice(0, 60), tone: 'plain', code }
}

/** What was asked for outside, and by what it was decided. */
const asked = (data: EventData, by: string) => ({
  code: [textOf(data, 'method'), textOf(data, 'target')].filter(Boolean).join(' '),
  note: textOf(data, by),
})

const why = (data: EventData) => endReasonWords(data.reason) ?? textOf(data, 'reason')

function took(data: EventData): string | undefined {
  const milliseconds = numberOf(data, 'milliseconds')
  return milliseconds === undefined ? undefined : `in ${formatDuration(milliseconds)}`
}

function sizeOf(data: EventData): string | undefined {
  const size = numberOf(data, 'size')
  return size === undefined ? undefined : formatBytes(size)
}

function until(data: EventData): string | undefined {
  const at = textOf(data, 'expiresAt')
  return at && !Number.isNaN(Date.parse(at)) ? `until ${formatDate(at)}` : undefined
}
