import { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import type { SipHash, Slice } from '../prf/siphash.ts'
import { daysFromCivil, writeCivil } from './calendar.ts'
import { latin1Of, type Mask, type MaskContext } from './mask.ts'

const moment = /(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?:([ T])(\d\d):(\d\d):(\d\d))?/g
const secondsPerDay = 86_400
/** As for dates on their own: an age stays about right. */
const mostDays = 366
/** Outside stand only marks like 0001-01-01 and 9999-12-31, and the dates of nobody alive. */
const firstYear = 2
const lastYear = 8999

export interface Shift {
  readonly days: number
  readonly seconds: number
}

/** By how much everything that shares a key is moved; never by nothing. */
export function shiftOf(prf: SipHash, key: Slice): Shift {
  prf.hash(key)
  const choices = new Choices().seed(prf.low, prf.high)
  const days = 1 + choices.below(mostDays)
  return { days: choices.below(2) === 0 ? days : -days, seconds: choices.below(secondsPerDay) }
}

/**
 * Moves every date in a literal by the same days, and every moment by the same seconds more: what came
 * first still does, and what lay between stays as long. Dates before our era and marks stay.
 */
export function shifted(literal: string, { days, seconds }: Shift): string {
  if (literal.endsWith(' BC') || literal.includes(' BC"')) return literal
  return literal.replaceAll(moment, (...parts) => {
    const [text, year, month, day, gap, ...time] = parts as unknown as Parts
    if (Number(year) < firstYear || Number(year) > lastYear) return text
    const date = daysFromCivil(Number(year), Number(month), Number(day)) + days
    if (gap === undefined) return civil(date)
    const second = secondOf(time) + seconds
    const overflow = Math.floor(second / secondsPerDay)
    return `${civil(date + overflow)}${gap}${clock(second - overflow * secondsPerDay)}`
  })
}

type Parts = readonly [string, string, string, string, string | undefined, ...string[]]

const secondOf = ([hours, minutes, seconds]: readonly string[]) =>
  Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)

const scratch = new ByteSink(16)

function civil(days: number): string {
  writeCivil(days, scratch)
  return scratch.take().toString('latin1')
}

function clock(second: number): string {
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** A range or multirange of dates, moved as a whole. */
export function dateRangeMask({ keys }: MaskContext): Mask {
  const prf = keys('date shift')
  return (value, out) => out.latin1(shifted(latin1Of(value), shiftOf(prf, value)))
}
