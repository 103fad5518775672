import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import { oneCycle } from '../prf/cycle.ts'
import type { SipHash } from '../prf/siphash.ts'
import { daysFromCivil, writeCivil } from './calendar.ts'
import { latin1Of, type Mask, type MaskContext, sliceOf } from './mask.ts'
import { byClass, Scramble } from './scramble.ts'
import { secretMask } from './secret.ts'

const day = /^(\d{4})-(\d\d)-(\d\d)/
const clock = /^([ Tt]?)(\d\d):(\d\d):(\d\d)(\.\d+)?/
const untouched = /^-?infinity$| BC$|^\d{5,}-/

/** Dates move within blocks of this many days; an age stays about right. */
const blockDays = 366
const secondsPerDay = 86_400
/** Outside stand only marks like 0001-01-01 and 9999-12-31, and the dates of nobody alive. */
const firstYear = 2
const lastYear = 8999

/**
 * Moves a date within its block of 366 days and a time within its day, each by a keyed permutation:
 * days stay different days, and no day stays where it was. Fractions of a second become others as
 * long; zone and format stay; infinity, dates before our era and marks such as 0001-01-01 pass.
 */
export function dateMask(context: MaskContext): Mask {
  const days = new Shift(context.keys('date'), blockDays)
  const seconds = new Shift(context.keys('date time'), secondsPerDay)
  const fractions = new Scramble(context.keys('date fraction'))
  const other = secretMask(context)
  return (value, out) => {
    const text = latin1Of(value)
    const date = day.exec(text)
    const time = clock.exec(text.slice(date ? 10 : 0))
    if (untouched.test(text)) return out.ascii(text)
    if (!date && !time) return other(value, out)
    if (date && isMark(Number(date[1]))) return out.ascii(text)
    const number = date ? daysFromCivil(Number(date[1]), Number(date[2]), Number(date[3])) : 0
    if (date) writeCivil(days.moved(number), out)
    if (time) {
      out.ascii(`${time[1]}${timeOf(seconds.moved(number * secondsPerDay + secondOf(time)))}`)
      if (time[5]) writeFraction(time[5], fractions, out)
    }
    out.ascii(text.slice((date ? 10 : 0) + (time?.[0].length ?? 0)))
  }
}

/** The server writes no zero at the end, so one that was not there would be lost, and two might meet. */
function writeFraction(fraction: string, fractions: Scramble, out: ByteSink): void {
  const zero = fraction.endsWith('0')
  const accept = (bytes: Uint8Array) => (bytes.at(-1) === 0x30) === zero
  fractions.write(sliceOf(fraction), { alphabet: byClass, accept }, out)
}

const isMark = (year: number) => year < firstYear || year > lastYear

/** A permutation of the numbers within each block, another one for every block. */
class Shift {
  readonly #prf: SipHash
  readonly #size: number
  readonly #next: readonly number[]

  constructor(prf: SipHash, size: number) {
    this.#prf = prf
    this.#size = size
    prf.hash({ bytes: Uint8Array.of(size & 0xff, size >>> 8), start: 0, end: 2 })
    this.#next = oneCycle(size, new Choices().seed(prf.low, prf.high))
  }

  /** Turns the block, follows the one cycle, turns it back: a cycle again, so nothing stays. */
  moved(number: number): number {
    const block = Math.floor(number / this.#size)
    const turn = this.#turnOf(block)
    const place = (number - block * this.#size + turn) % this.#size
    const moved = ((this.#next[place] as number) - turn + this.#size) % this.#size
    return block * this.#size + moved
  }

  #turnOf(block: number): number {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(block | 0)
    this.#prf.hash({ bytes, start: 0, end: 4 })
    return (this.#prf.low >>> 0) % this.#size
  }
}

/** 24:00:00 and leap seconds count as the day’s last. */
function secondOf([, , hours, minutes, seconds]: RegExpExecArray): number {
  const second = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return Math.min(second, secondsPerDay - 1)
}

function timeOf(number: number): string {
  const second = ((number % secondsPerDay) + secondsPerDay) % secondsPerDay
  const parts = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
