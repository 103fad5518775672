import type { Slice } from '../prf/siphash.ts'
import { isDigit } from './characters.ts'
import { latin1Of, type Mask, type MaskContext } from './mask.ts'
import {
  byClass,
  lowerHexadecimal,
  Scramble,
  type Scrambling,
  upperHexadecimal,
} from './scramble.ts'
import { secretMask } from './secret.ts'

/** Other digits in the same places; a number that began with 0 (or with +) still does. */
export function phoneMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('phone'))
  const other = secretMask(context)
  return (value, out) => {
    if (hasLetter(value)) return other(value, out)
    const zero = startsWithZero(value)
    const accept = (bytes: Uint8Array) =>
      startsWithZero({ bytes, start: 0, end: bytes.length }) === zero
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
  return (value, out) => {
    const text = latin1Of(value)
    if (!uuidPattern.test(text)) return other(value, out)
    const alphabet = /[A-F]/.test(text) ? upperHexadecimal : lowerHexadecimal
    scramble.write(value, { alphabet, fixed: text.includes('-') ? withDashes : without }, out)
  }
}

const uuidPattern =
  /^\{?(?:[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}|[0-9A-F]{8}(-?)(?:[0-9A-F]{4}\2){3}[0-9A-F]{12})\}?$/

const withDashes = fixedAt(14, 19)
const without = fixedAt(12, 16)

/** The digits of version and variant, one place further where a brace stands first. */
function fixedAt(version: number, variant: number): NonNullable<Scrambling['fixed']> {
  return (place, bytes) => {
    const digit = bytes[0] === 0x7b ? place - 1 : place
    return digit === version || digit === variant
  }
}

function startsWithZero({ bytes, start, end }: Slice): boolean {
  let at = start
  while (at < end && !isDigit(bytes[at] as number)) at++
  return at < end && bytes[at] === 0x30
}

function hasLetter({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) if (((bytes[at] as number) | 0x20) > 0x60) return true
  return false
}

function hasByteOutsideAscii({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return true
  return false
}
