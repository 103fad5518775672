import type { ByteSink } from '../copy-text/byte-sink.ts'
import type { Keys } from '../prf/keys.ts'
import type { Slice } from '../prf/siphash.ts'
import { byClass } from './alphabets.ts'
import { BlockCycle } from './block-cycle.ts'
import { writeCivil, writeDigits } from './calendar.ts'
import { Scramble } from './scramble.ts'

/** Dates move within blocks of this many days; an age stays about right. */
const blockDays = 366
const secondsPerDay = 86_400
/** Outside stand only marks like 0001-01-01 and 9999-12-31, and the dates of nobody alive. */
const firstYear = 2
const lastYear = 8999
/** As far as MariaDB’s TIME goes, 838:59:59: https://mariadb.com/kb/en/time/ */
const longestSpan = 838 * 3600 + 3599

export const isMark = (year: number) => year < firstYear || year > lastYear

/** The permutations of days, of the seconds in each day, and of fractions of a second. */
export class Moments {
  readonly #days: BlockCycle
  readonly #seconds: BlockCycle
  readonly #fractions: Scramble
  readonly #lastDigit = { place: 0, least: 0, most: 0 }
  readonly #scrambling = { alphabet: byClass, digit: this.#lastDigit }

  constructor(keys: Keys) {
    this.#days = new BlockCycle(keys('date'), blockDays)
    this.#seconds = new BlockCycle(keys('date time'), secondsPerDay)
    this.#fractions = new Scramble(keys('date fraction'))
  }

  /** The day that stands for this one of the epoch, as `YYYY-MM-DD`. */
  writeDay(day: number, out: ByteSink): void {
    writeCivil(this.#days.moved(day), out)
  }

  /** Of the source’s day; 24:00:00 and leap seconds count as the day’s last. As `HH:MM:SS`. */
  writeClock(day: number, second: number, out: ByteSink): void {
    const last = Math.min(second, secondsPerDay - 1)
    writeTime(this.#seconds.moved(day * secondsPerDay + last) - day * secondsPerDay, out)
  }

  /** A time that is no time of a day, as `HHH:MM:SS`: the days in it stay, and what fits MariaDB fits it. */
  writeSpan(seconds: number, out: ByteSink): void {
    let moved = this.#seconds.moved(seconds)
    while (seconds <= longestSpan && moved > longestSpan) moved = this.#seconds.moved(moved)
    writeTime(moved, out)
  }

  /**
   * A point and digits. The server writes no zero at the end, so one that was not there would be lost,
   * and two values might meet.
   */
  writeFraction(fraction: Slice, out: ByteSink): void {
    const isZero = fraction.bytes[fraction.end - 1] === 0x30
    this.#lastDigit.place = fraction.end - fraction.start - 1
    this.#lastDigit.least = isZero ? 0 : 1
    this.#lastDigit.most = isZero ? 0 : 9
    this.#fractions.write(fraction, this.#scrambling, out)
  }
}

function writeTime(seconds: number, out: ByteSink): void {
  const hours = Math.floor(seconds / 3600)
  writeDigits(hours, Math.max(2, String(hours).length), out)
  out.push(0x3a)
  writeDigits(Math.floor(seconds / 60) % 60, 2, out)
  out.push(0x3a)
  writeDigits(seconds % 60, 2, out)
}
