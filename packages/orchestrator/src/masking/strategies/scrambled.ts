import type { Slice } from '../prf/siphash.ts'
import { byClass } from './alphabets.ts'
import { hasByteOutsideAscii, isDigit } from './characters.ts'
import type { Mask, MaskContext } from './mask.ts'
import { Scramble } from './scramble.ts'
import { secretMask } from './secret.ts'

/** Other digits in the same places; a number that began with 0 (or with +) still does. */
export function phoneMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('phone'))
  const other = secretMask(context)
  const digit = { place: 0, least: 0, most: 0 }
  const scrambling = { alphabet: byClass, digit }
  return (value, out) => {
    if (hasLetter(value)) return other(value, out)
    const first = firstDigit(value)
    const zero = value.bytes[first] === 0x30
    digit.place = first - value.start
    digit.least = zero ? 0 : 1
    digit.most = zero ? 0 : 9
    scramble.write(value, scrambling, out)
  }
}

/** Letters for letters, digits for digits, whatever the country’s form. */
export function postcodeMask(context: MaskContext): Mask {
  const scramble = new Scramble(context.keys('postcode'))
  const other = secretMask(context)
  const scrambling = { alphabet: byClass }
  return (value, out) => {
    if (hasByteOutsideAscii(value) || context.room.folding?.tellsAsciiApart === false)
      return other(value, out)
    scramble.write(value, scrambling, out)
  }
}

/** The value’s end where it has none. */
function firstDigit({ bytes, start, end }: Slice): number {
  let at = start
  while (at < end && !isDigit(bytes[at] as number)) at++
  return at
}

function hasLetter({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) if (((bytes[at] as number) | 0x20) > 0x60) return true
  return false
}
