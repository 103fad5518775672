import type { Slice } from '../prf/siphash.ts'
import { isDigit } from './characters.ts'
import { latin1Of, type Mask, type MaskContext } from './mask.ts'
import { byClass, lowerHexadecimal, Scramble, upperHexadecimal } from './scramble.ts'
import { secretMask } from './secret.ts'

/** Other digits in the same places; a number that began with 0 (or with +) still does. */
export function phoneMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('phone'))
  const other = secretMask(context)
  return (value, out) => {
    if (hasLetter(value)) return other(value, out)
    const zero = startsWithZero(value.bytes, value.start)
    const accept = (bytes: Uint8Array) => startsWithZero(bytes, 0) === zero
    scramble.write(value, { alphabet: byClass, accept }, out)
  }
}

/** Letters for letters, digits for digits, whatever the country’s form. */
export function postcodeMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('postcode'))
  const other = secretMask(context)
  return (value, out) => {
    if (hasByteOutsideAscii(value)) return other(value, out)
    scramble.write(value, { alphabet: byClass }, out)
  }
}

/** Version and variant stay where RFC 9562 puts them; braces, case and dashes as they were. */
export function uuidMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('uuid'))
  const other = secretMask(context)
  const fixed = (place: number, bytes: Uint8Array) => {
    const digit = hexDigitsBefore(place, bytes)
    return digit === 12 || digit === 16
  }
  return (value, out) => {
    const text = latin1Of(value)
    if (!uuidPattern.test(text)) return other(value, out)
    const alphabet = /[A-F]/.test(text) ? upperHexadecimal : lowerHexadecimal
    scramble.write(value, { alphabet, fixed }, out)
  }
}

const uuidPattern =
  /^\{?(?:[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9A-F]{8}-?(?:[0-9A-F]{4}-?){3}[0-9A-F]{12})\}?$/

function hexDigitsBefore(place: number, bytes: Uint8Array): number {
  let count = 0
  for (let at = 0; at < place; at++) if (bytes[at] !== 0x2d && bytes[at] !== 0x7b) count++
  return count
}

function startsWithZero(bytes: Uint8Array, start: number): boolean {
  let at = start
  while (at < bytes.length && !isDigit(bytes[at] as number)) at++
  return bytes[at] === 0x30
}

function hasLetter({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) if (((bytes[at] as number) | 0x20) > 0x60) return true
  return false
}

function hasByteOutsideAscii({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return true
  return false
}
