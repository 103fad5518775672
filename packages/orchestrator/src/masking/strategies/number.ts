import type { Slice } from '../prf/siphash.ts'
import { isDigit } from './characters.ts'
import { latin1Of, type Mask, type MaskContext, textOf } from './mask.ts'
import { byClass, Scramble } from './scramble.ts'
import { secretMask } from './secret.ts'

/** The largest values of PostgreSQL’s integer types, beyond zero. */
const largest = ['32767', '2147483647', '9223372036854775807']
const smallest = ['32768', '2147483648', '9223372036854775808']

/** The same of MariaDB’s, of one to eight bytes, with a sign and without. */
const bytewise = /^int[12348]$/
const largestBytewise = [
  ...['127', '255', '32767', '65535', '8388607', '16777215', '2147483647', '4294967295'],
  ...['9223372036854775807', '18446744073709551615'],
]
const smallestBytewise = ['128', '32768', '8388608', '2147483648', '9223372036854775808']

const oneNumber = /^[-+]?\p{Sc}?\d[\d.,]*(?:e[-+]?\d+)?$/iu
const notNumber = /^-?(?:NaN|Infinity)$/

/**
 * Digits for digits: sign, count, scale and exponent stay, zero stays zero. An integer stays on its
 * side of every integer type’s limit, so it fits each column that its source fits, and a key maps
 * alike in a smallint and in a bigint.
 */
export function numberMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('number'))
  const other = secretMask(context)
  const ends = bytewise.test(context.baseType)
    ? { largest: largestBytewise, smallest: smallestBytewise }
    : { largest, smallest }
  return (value, out) => {
    const text = latin1Of(value)
    if (notNumber.test(text)) return out.ascii(text)
    if (!oneNumber.test(textOf(value))) return other(value, out)
    const leading = firstSignificant(value) - value.start
    if (leading === text.length) return out.copy(value.bytes, value.start, value.end)
    const exponent = exponentAt(text)
    const limits = limitsOf(text, ends)
    const fixed = (place: number, bytes: Uint8Array) =>
      place < leading || place >= exponent || !isDigit(bytes[place] as number)
    const accept = (bytes: Uint8Array) =>
      bytes[leading] !== 0x30 && limits.every((limit) => limit.keeps(bytes))
    scramble.write(value, { alphabet: byClass, fixed, accept }, out)
  }
}

/** Every number inside a geometric or otherwise composed literal, such as `(1.5,-2)`. */
export function numbersMask(context: MaskContext): Mask {
  const mask = numberMask(context)
  return (value, out) => {
    let at = value.start
    while (at < value.end) {
      const end = numberEnd(value, at)
      if (end > at) mask({ bytes: value.bytes, start: at, end }, out)
      else out.push(value.bytes[at] as number)
      at = Math.max(end, at + 1)
    }
  }
}

function numberEnd({ bytes, end }: Slice, from: number): number {
  let at = from
  while (at < end && (isDigit(bytes[at] as number) || (at > from && bytes[at] === 0x2e))) at++
  return at
}

function firstSignificant({ bytes, start, end }: Slice): number {
  let at = start
  while (at < end && !(isDigit(bytes[at] as number) && bytes[at] !== 0x30)) {
    if (bytes[at] === 0x65 || bytes[at] === 0x45) return end
    at++
  }
  return at
}

function exponentAt(text: string): number {
  const at = text.search(/e/i)
  return at < 0 ? text.length : at
}

/** The largest finite real; a double’s is where JavaScript’s numbers end. */
const largestReal = 3.4028235e38

interface Ends {
  readonly largest: readonly string[]
  readonly smallest: readonly string[]
}

/** Which limits have as many digits as this integer, and on which side of them it lies. */
function limitsOf(text: string, ends: Ends) {
  if (/e/i.test(text)) return [floatLimit(text)]
  const digits = /^([-+]?)(\d+)$/.exec(text)
  if (!digits) return []
  const [, sign, magnitude = ''] = digits
  const limits = (sign === '-' ? ends.smallest : ends.largest).filter(
    (limit) => limit.length === magnitude.length,
  )
  return limits.map((limit) => {
    const within = magnitude <= limit
    const from = sign?.length ?? 0
    const keeps = (bytes: Uint8Array) =>
      latin1Of({ bytes, start: from, end: bytes.length }) <= limit === within
    return { keeps }
  })
}

function floatLimit(text: string) {
  const within = Math.abs(Number(text)) <= largestReal
  const keeps = (bytes: Uint8Array) => {
    const size = Math.abs(Number(latin1Of({ bytes, start: 0, end: bytes.length })))
    return size !== 0 && size !== Infinity && size <= largestReal === within
  }
  // A numeric may be beyond both, and has no limit there.
  return { keeps: Number.isFinite(Number(text)) && Number(text) !== 0 ? keeps : () => true }
}
