import { isUtf8 } from 'node:buffer'
import { Choices } from '../prf/choices.ts'
import type { Slice } from '../prf/siphash.ts'
import { byClass, lowerHexadecimal, upperHexadecimal } from './alphabets.ts'
import { CharacterScramble } from './character-scramble.ts'
import { hasByteOutsideAscii, isDigit } from './characters.ts'
import { writeDistinct } from './distinct.ts'
import type { Mask, MaskContext } from './mask.ts'
import { Scramble, type Scrambling } from './scramble.ts'

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
    if (!isText(value)) {
      prf.hash(value)
      choices.seed(prf.low, prf.high)
      for (let left = value.end - value.start; left > 0; left -= 6)
        writeDistinct({ low: choices.word(), high: 0 }, Math.min(left, 6), out)
      return
    }
    if (characters?.isNeededFor(value)) characters.write(value, out)
    else scramble.write(value, alwaysHex ? address : scramblingOf(value), out)
  }
}

/** Most secrets are plain ASCII, and none of those costs a call into the runtime. */
function isText(value: Slice): boolean {
  const { bytes, start, end } = value
  return !hasByteOutsideAscii(value) || isUtf8(bytes.subarray(start, end))
}

const address: Scrambling = { alphabet: lowerHexadecimal }
const lowerDigest: Scrambling = { alphabet: lowerHexadecimal, accept: isDigest }
const upperDigest: Scrambling = { alphabet: upperHexadecimal, accept: isDigest }
const noDigest: Scrambling = { alphabet: byClass, accept: (value) => !isDigest(value) }

function isDigest(value: Slice): boolean {
  return scramblingOf(value) !== noDigest
}

/**
 * A digest is what has 16 hexadecimal digits or more, some of them figures and some letters of one
 * case (more than the two of `DE89 3704 …`). Its kin by this test are permuted among themselves, so
 * nothing collides.
 */
function scramblingOf({ bytes, start, end }: Slice): Scrambling {
  let figures = 0
  let lower = 0
  let upper = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (isWord[byte] === 1) return noDigest
    figures += isFigure[byte] as number
    lower += isLowerHex[byte] as number
    upper += isUpperHex[byte] as number
  }
  if (figures < 2 || figures + lower + upper < 16) return noDigest
  if (lower > 2 && upper === 0) return lowerDigest
  return upper > 2 && lower === 0 ? upperDigest : noDigest
}

/** Tables, as which of them a byte of a digest is in is chance: a branch on it would be mispredicted. */
const isFigure = tableOf(isDigit)
const isLowerHex = tableOf((byte) => byte >= 0x61 && byte <= 0x66)
const isUpperHex = tableOf((byte) => byte >= 0x41 && byte <= 0x46)
const isWord = tableOf((byte) => byte >= 0x40 && !isLowerHex[byte] && !isUpperHex[byte])

function tableOf(test: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0))
}
