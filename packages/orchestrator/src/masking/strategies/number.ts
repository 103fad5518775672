import type { Slice } from '../prf/siphash.ts'
import { isDigit } from './characters.ts'
import type { Mask, MaskContext } from './mask.ts'
import { anyNumber, NumberLimits } from './number-limits.ts'
import { Scramble } from './scramble.ts'
import { unusualNumberMask } from './unusual-number.ts'

/**
 * Digits for digits: sign, count, scale and exponent stay, zero stays zero. An integer stays on its
 * side of every integer type’s limit, so it fits each column that its source fits, and a key maps
 * alike in a smallint and in a bigint.
 */
export function numberMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('number'))
  const limits = new NumberLimits(context.baseType)
  const unusual = unusualNumberMask(context, scramble)
  const digits: Slice = { bytes: new Uint8Array(), start: 0, end: 0 }
  return (value, out) => {
    const { bytes, start, end } = value
    const first = hasSign(value) ? start + 1 : start
    if (!isPlain(bytes, first, end)) return unusual(value, out)
    digits.bytes = bytes
    digits.start = firstSignificant(bytes, first, end)
    digits.end = end
    out.copy(bytes, start, digits.start)
    const isLimited = digits.start === first && isInteger(digits)
    const isNegative = bytes[start] === 0x2d
    scramble.write(digits, isLimited ? limits.scramblingOf(digits, isNegative) : anyNumber, out)
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

function hasSign({ bytes, start }: Slice): boolean {
  return bytes[start] === 0x2d || bytes[start] === 0x2b
}

/** Digits, with points and commas behind the first. */
function isPlain(bytes: Uint8Array, first: number, end: number): boolean {
  if (first === end || !isDigit(bytes[first] as number)) return false
  for (let at = first + 1; at < end; at++) {
    const byte = bytes[at] as number
    if (!isDigit(byte) && byte !== 0x2e && byte !== 0x2c) return false
  }
  return true
}

function isInteger({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at] as number)) return false
  return true
}

/** The first digit that is not zero; `end` where there is none. */
function firstSignificant(bytes: Uint8Array, first: number, end: number): number {
  let at = first
  while (at < end && !(isDigit(bytes[at] as number) && bytes[at] !== 0x30)) at++
  return at
}
