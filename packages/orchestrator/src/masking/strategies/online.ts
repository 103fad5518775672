import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import type { Slice } from '../prf/siphash.ts'
import { isLower, isUpper } from './characters.ts'
import { distinctLength, writeDistinct } from './distinct.ts'
import type { Mask, MaskContext } from './mask.ts'
import { writePseudoWord } from './pseudo-word.ts'
import { folded } from './words.ts'

/** Reserved by RFC 2606: a mail sent by mistake reaches nobody. */
const domain = '@example.com'
const shortDomain = '@a.test'

/** The shortest address that still carries all 64 bits. */
export const shortestEmail = distinctLength + shortDomain.length

/**
 * `velzxora.tavxi.k3f9q2m8d1c7h@example.com`, distinct for every address in whatever column. Addresses
 * that differ in case alone become addresses that do, so they are as equal as they were.
 */
export function emailMask({ keys, room }: MaskContext): Mask {
  const prf = keys('email')
  const cases = keys('email case')
  const choices = new Choices()
  const scratch = new Uint8Array(64)
  const at = room.maxLength < distinctLength + domain.length ? shortDomain : domain
  const local = Math.max(1, room.maxLength - at.length)
  return (value, out) => {
    const start = out.length
    prf.hash(folded(value, scratch))
    writeNames(choices.seed(prf.low, prf.high), local - distinctLength, out)
    writeDistinct(prf, local, out)
    const casing = casingOf(value)
    if (casing === 'mixed') {
      cases.hash(value)
      capitalize(out, start, choices.seed(cases.low, cases.high))
    } else if (casing !== 'lower') capitalize(out, start)
    if (room.maxLength > at.length) out.ascii(casing === 'upper' ? at.toUpperCase() : at)
  }
}

/** `MARY@sakila.org` is as usual as `mary@sakila.org`, and should not look worse. */
type Casing = 'lower' | 'upper local' | 'upper' | 'mixed'

function casingOf({ bytes, start, end }: Slice): Casing {
  let sign = start
  let local = 0
  for (; sign < end && bytes[sign] !== 0x40; sign++)
    local |= caseOf[bytes[sign] as number] as number
  let rest = 0
  for (let at = sign; at < end; at++) rest |= caseOf[bytes[at] as number] as number
  if (((local | rest) & Case.upper) === 0) return 'lower'
  if (local !== Case.upper) return 'mixed'
  if ((rest & Case.upper) === 0) return 'upper local'
  return rest === Case.upper ? 'upper' : 'mixed'
}

/** Bits, gathered without a branch for every letter. */
const Case = { lower: 1, upper: 2 } as const
const caseOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (isLower(byte)) return Case.lower
  return isUpper(byte) ? Case.upper : 0
})

/** All letters, or the first and about half of the others. */
function capitalize({ bytes, length }: ByteSink, start: number, choices?: Choices): void {
  let first = true
  for (let at = start; at < length; at++) {
    const byte = bytes[at] as number
    if (!isLower(byte)) continue
    const chosen = first || choices === undefined ? 1 : 1 - choices.below(2)
    bytes[at] = byte - 32 * chosen
    first = false
  }
}

/** Two words, one or none, each with the dot behind it. */
function writeNames(choices: Choices, most: number, out: ByteSink): void {
  const first = 6 + choices.below(3)
  const second = 5 + choices.below(3)
  if (most < first + 1) return
  writePseudoWord(choices, { length: first, casing: 'lower' }, out)
  out.push(0x2e)
  if (most < first + 1 + second + 1) return
  writePseudoWord(choices, { length: second, casing: 'lower' }, out)
  out.push(0x2e)
}

const origin = 'https://example.com/'

export function urlMask({ keys, room }: MaskContext): Mask {
  const prf = keys('url')
  return (value, out) => {
    if (room.maxLength >= origin.length + distinctLength) out.ascii(origin)
    prf.hash(value)
    writeDistinct(prf, room.maxLength, out)
  }
}
