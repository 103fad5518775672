import type { Slice } from '../prf/siphash.ts'
import { daysFromCivil } from './calendar.ts'
import { isDigit } from './characters.ts'
import type { Mask, MaskContext } from './mask.ts'
import { isMark, Moments } from './moments.ts'
import { unusualDateMask } from './unusual-date.ts'

/**
 * Moves a date within its block of 366 days and a time within its day, each by a keyed permutation:
 * days stay different days, and no day stays where it was. Fractions of a second become others as
 * long; zone and format stay; infinity, dates before our era and marks such as 0001-01-01 pass.
 */
export function dateMask(context: MaskContext): Mask {
  const moments = new Moments(context.keys)
  const unusual = unusualDateMask(context, moments)
  const fraction: Slice = { bytes: new Uint8Array(), start: 0, end: 0 }
  return (value, out) => {
    const { bytes, start, end } = value
    const clock = start + 11
    const isDay = end === start + 10
    if (!(isDay || isClock(bytes, clock, end)) || !isDate(value)) return unusual(value, out)
    const day = dayAt(bytes, start)
    moments.writeDay(day, out)
    if (isDay) return
    out.push(bytes[start + 10] as number)
    moments.writeClock(day, secondAt(bytes, clock), out)
    fraction.bytes = bytes
    fraction.start = clock + 8
    fraction.end = fractionEnd(bytes, fraction.start, end)
    if (fraction.end > fraction.start) moments.writeFraction(fraction, out)
    out.copy(bytes, fraction.end, end)
  }
}

/** Whether it is plainly a date of our era, and no mark; what follows it is not looked at. */
function isDate({ bytes, start, end }: Slice): boolean {
  return (
    areDigits(bytes, start, start + 4) &&
    bytes[start + 4] === 0x2d &&
    areDigits(bytes, start + 5, start + 7) &&
    bytes[start + 7] === 0x2d &&
    areDigits(bytes, start + 8, start + 10) &&
    bytes[end - 1] !== 0x43 &&
    !isMark(yearAt(bytes, start))
  )
}

/** `HH:MM:SS` behind a blank or a T. */
function isClock(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end >= at + 8 &&
    (bytes[at - 1] === 0x20 || bytes[at - 1] === 0x54) &&
    areDigits(bytes, at, at + 2) &&
    bytes[at + 2] === 0x3a &&
    areDigits(bytes, at + 3, at + 5) &&
    bytes[at + 5] === 0x3a &&
    areDigits(bytes, at + 6, at + 8)
  )
}

function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at] as number)) return false
  return true
}

const pairAt = (bytes: Uint8Array, at: number) =>
  ((bytes[at] as number) - 0x30) * 10 + (bytes[at + 1] as number) - 0x30

const yearAt = (bytes: Uint8Array, at: number) => pairAt(bytes, at) * 100 + pairAt(bytes, at + 2)

const dayAt = (bytes: Uint8Array, at: number) =>
  daysFromCivil(yearAt(bytes, at), pairAt(bytes, at + 5), pairAt(bytes, at + 8))

const secondAt = (bytes: Uint8Array, at: number) =>
  pairAt(bytes, at) * 3600 + pairAt(bytes, at + 3) * 60 + pairAt(bytes, at + 6)

/** Where the point and digits end that begin there; there, where none do. */
function fractionEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== 0x2e) return start
  let at = start + 1
  while (at < end && isDigit(bytes[at] as number)) at++
  return at > start + 1 ? at : start
}
