import type { Slice } from '../prf/siphash.ts'
import { isSpace } from './characters.ts'
import type { Mask, MaskContext } from './mask.ts'
import { Coiner, readableMask } from './words.ts'

/** Each word of a given name becomes a made-up one, so `Ana Maria` shares a part with `Ana`. */
export function firstNameMask(context: MaskContext): Mask {
  return oneKind(context, 'first_name')
}

export function lastNameMask(context: MaskContext): Mask {
  return oneKind(context, 'last_name')
}

function oneKind(context: MaskContext, domain: string): Mask {
  const coiner = new Coiner(context.keys(domain), context.room)
  const words = new Words()
  return readableMask(context, coiner.prf, (value, out) => {
    words.start(value)
    while (words.next()) {
      if (out.length > 0) out.push(0x20)
      coiner.write(words.word, out)
    }
    if (out.length === 0) coiner.write(value, out)
  })
}

/**
 * The first word as `first_name` masks it, the others as `last_name` does: a full name agrees with the
 * columns it was put together from. `Last, First` and lists of people (`A B, C D`) are understood.
 */
export function fullNameMask(context: MaskContext): Mask {
  const first = new Coiner(context.keys('first_name'), context.room)
  const last = new Coiner(context.keys('last_name'), context.room)
  const words = new Words()
  return readableMask(context, context.keys('full_name'), (value, out) => {
    const lastFirst = isLastFirst(value, words)
    let inPerson = 0
    words.start(value)
    while (words.next()) {
      if (out.length > 0) out.push(0x20)
      const isFirst = lastFirst ? inPerson > 0 : inPerson === 0
      ;(isFirst ? first : last).write(words.word, out)
      if (words.comma) out.push(0x2c)
      inPerson = words.comma && !lastFirst ? 0 : inPerson + 1
    }
    if (out.length === 0) first.write(value, out)
  })
}

/** One person, the family name and a comma before the given names: three words at most. */
function isLastFirst(value: Slice, words: Words): boolean {
  words.start(value)
  if (!words.next() || !words.comma) return false
  let count = 1
  while (words.next()) count++
  return count <= 3
}

/** Walks the words without the punctuation around them; what holds no letter or digit is no word. */
class Words {
  /** The one at hand; lent until the next. */
  readonly word: Slice = { bytes: new Uint8Array(), start: 0, end: 0 }
  /** Whether a comma or the like follows it. */
  comma = false
  #at = 0
  #end = 0

  start({ bytes, start, end }: Slice): void {
    this.word.bytes = bytes
    this.#at = start
    this.#end = end
  }

  next(): boolean {
    const { word } = this
    const { bytes } = word
    while (this.#at < this.#end) {
      word.start = this.#at
      while (this.#at < this.#end && !isSpace(bytes[this.#at] as number)) this.#at++
      word.end = this.#at
      this.#at++
      trim(word)
      this.comma = bytes[word.end] === 0x2c || bytes[word.end] === 0x3b
      if (word.end > word.start) return true
    }
    return false
  }
}

function trim(word: Slice): void {
  const { bytes } = word
  while (word.start < word.end && isEdge(bytes[word.start] as number)) word.start++
  while (word.end > word.start && isEdge(bytes[word.end - 1] as number)) word.end--
}

const isEdge = (byte: number) => (byte < 0x30 || (byte > 0x39 && byte < 0x41)) && byte !== 0x20
