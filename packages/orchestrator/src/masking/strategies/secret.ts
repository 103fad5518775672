import { isUtf8 } from 'node:buffer'
import { Choices } from '../prf/choices.ts'
import type { Slice } from '../prf/siphash.ts'
import { CharacterScramble } from './character-scramble.ts'
import { isDigit } from './characters.ts'
import { writeDistinct } from './distinct.ts'
import type { Mask, MaskContext } from './mask.ts'
import { byClass, lowerHexadecimal, Scramble, upperHexadecimal } from './scramble.ts'

/**
 * Same length, same punctuation, each character another of its class; a hexadecimal digest stays
 * hexadecimal. Well-known prefixes (`sk_live_`) do not survive, so no scanner takes it for a key.
 */
export function secretMask({ keys, baseType, room: { folding } }: MaskContext): Mask {
  const prf = keys('secret')
  const characters = folding && new CharacterScramble(prf, folding)
  const scramble = new Scramble(prf)
  const choices = new Choices()
  const alwaysHex = baseType.startsWith('macaddr')
  return (value, out) => {
    if (!isUtf8(value.bytes.subarray(value.start, value.end))) {
      prf.hash(value)
      choices.seed(prf.low, prf.high)
      for (let left = value.end - value.start; left > 0; left -= 6)
        writeDistinct({ low: choices.word(), high: 0 }, Math.min(left, 6), out)
      return
    }
    if (characters?.isNeededFor(value)) return characters.write(value, out)
    const hex = alwaysHex ? lowerHexadecimal : hexadecimalOf(value)
    if (hex) scramble.write(value, { alphabet: hex, accept: alwaysHex ? () => true : isHex }, out)
    else scramble.write(value, { alphabet: byClass, accept: isNotHex }, out)
  }
}

const isHex = (bytes: Uint8Array) =>
  hexadecimalOf({ bytes, start: 0, end: bytes.length }) !== undefined
const isNotHex = (bytes: Uint8Array) => !isHex(bytes)

/**
 * The alphabet of a value that looks like a digest: 16 digits or more, some of them figures and some
 * letters of one case (more than the two of `DE89 3704 …`). Its kin by this test are permuted among
 * themselves, so nothing collides.
 */
function hexadecimalOf({ bytes, start, end }: Slice) {
  let figures = 0
  let lower = 0
  let upper = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (isDigit(byte)) figures++
    else if (byte >= 0x61 && byte <= 0x66) lower++
    else if (byte >= 0x41 && byte <= 0x46) upper++
    else if (byte >= 0x40) return undefined
  }
  if (figures < 2 || figures + lower + upper < 16) return undefined
  if (lower > 2 && upper === 0) return lowerHexadecimal
  if (upper > 2 && lower === 0) return upperHexadecimal
  return undefined
}
