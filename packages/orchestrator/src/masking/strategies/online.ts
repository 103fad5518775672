import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import { distinctLength, writeDistinct } from './distinct.ts'
import type { Mask, MaskContext } from './mask.ts'
import { writePseudoWord } from './pseudo-word.ts'

/** Reserved by RFC 2606: a mail sent by mistake reaches nobody. */
const domain = '@example.com'
const shortDomain = '@a.test'

/** The shortest address that still carries all 64 bits. */
export const shortestEmail = distinctLength + shortDomain.length

/** `velzxora.tavxi.k3f9q2m8d1c7h@example.com`, distinct for every address in whatever column. */
export function emailMask({ keys, room }: MaskContext): Mask {
  const prf = keys('email')
  const choices = new Choices()
  const at = room.maxLength < distinctLength + domain.length ? shortDomain : domain
  const local = Math.max(1, room.maxLength - at.length)
  return (value, out) => {
    prf.hash(value)
    writeNames(choices.seed(prf.low, prf.high), local - distinctLength, out)
    writeDistinct(prf, local, out)
    if (room.maxLength > at.length) out.ascii(at)
  }
}

/** Two words, one or none, each with the dot behind it. */
function writeNames(choices: Choices, most: number, out: ByteSink): void {
  let left = most
  for (const length of [6 + choices.below(3), 5 + choices.below(3)]) {
    if (left < length + 1) return
    writePseudoWord(choices, { length, casing: 'lower' }, out)
    out.push(0x2e)
    left -= length + 1
  }
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
