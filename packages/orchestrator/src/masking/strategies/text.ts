import type { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import type { Slice } from '../prf/siphash.ts'
import { isContinuation, isDigit, isLetter } from './characters.ts'
import { latin1Of, type Mask, type MaskContext } from './mask.ts'
import { emailMask, urlMask } from './online.ts'
import { writePseudoWord } from './pseudo-word.ts'
import { casingOf, readableMask } from './words.ts'

/**
 * An address or a link inside prose, over the bytes of UTF-8 seen as Latin-1. The parts are bounded as
 * RFC 5321 bounds them: a megabyte without a space must not be tried from each of its letters.
 */
const embedded = /[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|\bhttps?:\/\/[^\s"'<>\\)]+/g

/**
 * Prose that keeps its shape and none of its words: words of the same length, other digits, the
 * same punctuation. Every word depends on the whole value, so counting words reveals nothing;
 * e-mail addresses and links become what their own strategies make of them.
 */
export function textMask(context: MaskContext, known?: KnownWord): Mask {
  const prf = context.keys('text')
  const choices = new Choices()
  const whole = { ...context, room: { maxLength: Number.MAX_SAFE_INTEGER, unique: false } }
  const email = emailMask(whole)
  const url = urlMask(whole)
  const scrubbed = readableMask(context, prf, (value, out) => {
    prf.hash(value)
    choices.seed(prf.low, prf.high)
    const { bytes, end } = value
    let at = value.start
    for (const found of mentionsIn(value, context)) {
      scrub({ bytes, start: at, end: found.start }, { choices, known }, out)
      ;(found.email ? email : url)({ bytes, start: found.start, end: found.end }, out)
      at = found.end
    }
    scrub({ bytes, start: at, end }, { choices, known }, out)
  })
  return scrubbed
}

interface Mention {
  readonly start: number
  readonly end: number
  readonly email: boolean
}

/** Nothing where room is short: a masked address may be longer than the one it stands for. */
function mentionsIn(value: Slice, { room }: MaskContext): readonly Mention[] {
  if (room.maxLength < 100 || !hasMention(value)) return []
  return Array.from(latin1Of(value).matchAll(embedded), ({ index, 0: text }) => ({
    start: value.start + index,
    end: value.start + index + text.length,
    email: text.includes('@') && !text.includes('://'),
  }))
}

function hasMention({ bytes, start, end }: Slice): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === 0x40) return true
    if (bytes[at] === 0x3a && bytes[at + 1] === 0x2f && bytes[at + 2] === 0x2f) return true
  }
  return false
}

/** Writes what stands for a word that is known, and says whether it did. */
export type KnownWord = (word: Slice, out: ByteSink) => boolean

interface Scrubbing {
  readonly choices: Choices
  readonly known?: KnownWord | undefined
}

/** Word for word; exported for literals that have words between quotes. */
export function scrub(value: Slice, { choices, known }: Scrubbing, out: ByteSink): void {
  const { bytes, end } = value
  let at = value.start
  while (at < end) {
    const byte = bytes[at] as number
    if (isLetter(byte)) {
      const from = at
      let length = 0
      while (at < end && isLetter(bytes[at] as number))
        if (!isContinuation(bytes[at++] as number)) length++
      const word = { bytes, start: from, end: at }
      if (known?.(word, out) !== true)
        writePseudoWord(choices, { length: Math.max(1, length), casing: casingOf(word) }, out)
    } else {
      out.push(isDigit(byte) ? 0x30 + choices.below(10) : byte)
      at++
    }
  }
}
