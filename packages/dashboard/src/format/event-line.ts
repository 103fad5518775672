import type { SandboxEvent } from '@stuntdouble/sdk/wire'
import { endReasonWords } from './end-reason.ts'
import { harmless } from './harmless.ts'
import { formatDate, formatDuration } from './time.ts'

export type Tone = 'plain' | 'good' | 'warn' | 'bad'

/** One event as a line of the activity log; every part is text that shows what it is. */
export interface EventLine {
  readonly label: string
  readonly tone: Tone
  /** A shell line or another literal, shown in a monospaced face. */
  readonly code?: string
  readonly note?: string
  /** The end of what a command printed. */
  readonly output?: string
}

export function eventLine({ type, data }: Pick<SandboxEvent, 'type' | 'data'>): EventLine {
  switch (type) {
    case 'command':
      return commandLine(data)
    case 'egress_denied':
      return { label: 'Connection refused', tone: 'warn', code: text(data.host) ?? 'unknown host' }
    case 'created':
      return { label: 'Created', tone: 'plain' }
    case 'ready':
      return { label: 'Ready', tone: 'good', ...took(data) }
    case 'extended':
      return { label: 'Extended', tone: 'plain', ...until(data) }
    case 'ending':
      return { label: 'Ending', tone: 'plain', ...why(data) }
    case 'ended':
      return endedLine(data)
    case 'failed':
      return { label: 'Failed', tone: 'bad', ...(noteOf(data, 'message') ?? noteOf(data, 'code')) }
    default:
      return { label: harmless(type).slice(0, 60), tone: 'plain', ...rest(data) }
  }
}

type Data = SandboxEvent['data']

function commandLine(data: Data): EventLine {
  const exitCode = number(data.exitCode)
  const notes = [
    exitCode !== undefined && exitCode !== 0 && `exit ${exitCode}`,
    number(data.durationMs) !== undefined && formatDuration(number(data.durationMs) ?? 0),
  ]
  const output = text(data.stdoutTail)
  return {
    label: exitCode === undefined || exitCode === 0 ? 'Command' : 'Command failed',
    tone: exitCode === undefined || exitCode === 0 ? 'plain' : 'bad',
    code: commandText(data.command),
    note: notes.filter(Boolean).join(' · '),
    ...(output && { output }),
  }
}

/** A command is a shell line, or an argv array that is shown with its boundaries. */
function commandText(command: unknown): string {
  if (!Array.isArray(command)) return text(command) ?? '(not recorded)'
  return command
    .map((part) => harmless(String(part)))
    .map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`))
    .join(' ')
}

function endedLine(data: Data): EventLine {
  if (data.clean === false) return { label: 'Ended, not clean', tone: 'bad', ...why(data) }
  return {
    label: data.clean === true ? 'Ended, clean' : 'Ended',
    tone: data.clean === true ? 'good' : 'plain',
    ...why(data),
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? harmless(value) : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function noteOf(data: Data, key: string): { note: string } | undefined {
  const note = text(data[key])
  return note === undefined ? undefined : { note }
}

function why(data: Data): { note: string } | undefined {
  const note = endReasonWords(data.reason)
  return note === undefined ? noteOf(data, 'reason') : { note }
}

function took(data: Data): { note: string } | undefined {
  const durationMs = number(data.durationMs)
  return durationMs === undefined ? undefined : { note: `in ${formatDuration(durationMs)}` }
}

function until(data: Data): { note: string } | undefined {
  const at = text(data.expiresAt)
  return at && !Number.isNaN(Date.parse(at)) ? { note: `until ${formatDate(at)}` } : undefined
}

/** A kind of event this page does not know yet is still shown, with what came along. */
function rest(data: Data): { code: string } | undefined {
  const known = Object.keys(data).length > 0
  return known ? { code: harmless(JSON.stringify(data)).slice(0, 2000) } : undefined
}
