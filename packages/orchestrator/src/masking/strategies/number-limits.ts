import type { Slice } from '../prf/siphash.ts'
import { byClass } from './alphabets.ts'
import type { Scrambling } from './scramble.ts'

/** The magnitudes beyond which an integer no longer fits some type, on either side of zero. */
interface Limits {
  readonly positive: readonly string[]
  readonly negative: readonly string[]
}

/** Of PostgreSQL’s integer types. */
const usual: Limits = {
  positive: ['32767', '2147483647', '9223372036854775807'],
  negative: ['32768', '2147483648', '9223372036854775808'],
}

/** Of MariaDB’s, of one to eight bytes, with a sign and without. */
const bytewise: Limits = {
  positive: [
    ...['127', '255', '32767', '65535', '8388607', '16777215', '2147483647', '4294967295'],
    ...['9223372036854775807', '18446744073709551615'],
  ],
  negative: ['128', '32768', '8388608', '2147483648', '9223372036854775808'],
}

/** Digits of which the first may be all but zero. */
export const anyNumber: Scrambling = {
  alphabet: byClass,
  digit: { place: 0, least: 1, most: 9 },
}

/** Integers of equally many digits that fit the same types, with how they are permuted. */
interface Interval {
  readonly most: Uint8Array
  readonly scrambling: Scrambling
}

type Intervals = readonly (readonly Interval[])[]

/** How integers stay on their side of every limit. */
export class NumberLimits {
  readonly #positive: Intervals
  readonly #negative: Intervals

  constructor(baseType: string) {
    const limits = /^int[12348]$/.test(baseType) ? bytewise : usual
    this.#positive = intervalsOf(limits.positive)
    this.#negative = intervalsOf(limits.negative)
  }

  /** For the digits of an integer, without sign or zeros before them. */
  scramblingOf(digits: Slice, isNegative: boolean): Scrambling {
    const intervals = (isNegative ? this.#negative : this.#positive)[digits.end - digits.start]
    if (intervals !== undefined)
      for (const { most, scrambling } of intervals)
        if (compare(digits, most) <= 0) return scrambling
    return anyNumber
  }
}

/** By number of digits, and in ascending order; only where a limit has as many digits. */
function intervalsOf(limits: readonly string[]): Intervals {
  const intervals: Interval[][] = Array.from({ length: 21 }, () => [])
  for (const { length } of limits) {
    const tops = [...limits.filter((limit) => limit.length === length), '9'.repeat(length)]
    const bottoms = ['1'.padEnd(length, '0'), ...tops.map((top) => String(BigInt(top) + 1n))]
    intervals[length] = tops.map((top, index) => intervalOf(bottoms[index] as string, top))
  }
  return intervals
}

function intervalOf(least: string, most: string): Interval {
  const [bottom, top] = [Buffer.from(least), Buffer.from(most)]
  return {
    most: top,
    scrambling: {
      alphabet: byClass,
      digit: { place: 0, least: Number(least[0]), most: Number(most[0]) },
      accept: (masked) => compare(masked, bottom) >= 0 && compare(masked, top) <= 0,
    },
  }
}

/** Of equally many digits: below 0, 0, or above. */
function compare({ bytes, start }: Slice, limit: Uint8Array): number {
  for (let index = 0; index < limit.length; index++) {
    const difference = (bytes[start + index] as number) - (limit[index] as number)
    if (difference !== 0) return difference
  }
  return 0
}
