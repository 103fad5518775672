import type { SandboxView } from '@stuntdouble/sdk/wire'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const two = (value: number) => String(value).padStart(2, '0')

/** `1d 3h`, `1h 04m`, `12m 30s`, `45s`: two units at most, so that a glance is enough. */
export function formatLeft(milliseconds: number): string {
  const left = Math.max(0, milliseconds)
  if (left >= day) return `${Math.floor(left / day)}d ${Math.floor((left % day) / hour)}h`
  if (left >= hour) return `${Math.floor(left / hour)}h ${two(Math.floor((left % hour) / minute))}m`
  if (left >= minute)
    return `${Math.floor(left / minute)}m ${two(Math.floor((left % minute) / second))}s`
  return `${Math.floor(left / second)}s`
}

/** `just now`, `4 min ago`, `3 h ago`, `2 d ago`. */
export function formatAgo(at: string, now: number): string {
  const past = now - Date.parse(at)
  if (past < minute) return 'just now'
  if (past < hour) return `${Math.floor(past / minute)} min ago`
  if (past < day) return `${Math.floor(past / hour)} h ago`
  return `${Math.floor(past / day)} d ago`
}

/** `340 ms`, `2.4 s`, `1m 05s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < second) return `${Math.round(milliseconds)} ms`
  if (milliseconds < minute) return `${(milliseconds / second).toFixed(1)} s`
  return formatLeft(milliseconds)
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** `14:03:22` in the reader’s time zone. */
export const formatClock = (at: string) => clockFormat.format(Date.parse(at))
/** `3 Mar 2026, 14:03:22` in the reader’s time zone. */
export const formatDate = (at: string) => dateFormat.format(Date.parse(at))

export interface Ending {
  readonly at: string
  readonly why: 'lease' | 'idle'
}

/** What ends a sandbox first if nobody touches it. */
export function nextEnding(sandbox: Pick<SandboxView, 'expiresAt' | 'idleAt'>): Ending {
  const { expiresAt, idleAt } = sandbox
  return Date.parse(idleAt) < Date.parse(expiresAt)
    ? { at: idleAt, why: 'idle' }
    : { at: expiresAt, why: 'lease' }
}

/** How much of a lease is left, from 1 down to 0. */
export function leaseLeft(
  sandbox: Pick<SandboxView, 'createdAt' | 'expiresAt'>,
  now: number,
): number {
  const end = Date.parse(sandbox.expiresAt)
  const whole = end - Date.parse(sandbox.createdAt)
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, (end - now) / whole))
}

export type Urgency = 'calm' | 'soon' | 'now'

/** Colour follows the clock, not the share: five minutes are short in a lease of any length. */
export function urgencyOf(leftMs: number): Urgency {
  if (leftMs <= minute) return 'now'
  return leftMs <= 5 * minute ? 'soon' : 'calm'
}
