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
  return readableMask(context, coiner.prf, (value, out) => {
    for (const word of wordsOf(value)) {
      if (out.length > 0) out.push(0x20)
      coiner.write(word.slice, out)
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
  return readableMask(context, context.keys('full_name'), (value, out) => {
    const words = [...wordsOf(value)]
    const lastFirst = words[0]?.comma === true && words.length <= 3
    let inPerson = 0
    for (const { slice, comma } of words) {
      if (out.length > 0) out.push(0x20)
      const isFirst = lastFirst ? inPerson > 0 : inPerson === 0
      ;(isFirst ? first : last).write(slice, out)
      if (comma) out.push(0x2c)
      inPerson = comma && !lastFirst ? 0 : inPerson + 1
    }
    if (words.length === 0) first.write(value, out)
  })
}

interface Word {
  readonly slice: Slice
  /** Whether a comma or the like follows. */
  readonly comma: boolean
}

/** Words without the punctuation around them; what holds no letter or digit is no word. */
function* wordsOf({ bytes, start, end }: Slice): Generator<Word> {
  let at = start
  while (at < end) {
    while (at < end && isSpace(bytes[at] as number)) at++
    const from = at
    while (at < end && !isSpace(bytes[at] as number)) at++
    const word = trimmed({ bytes, start: from, end: at })
    if (word.end > word.start)
      yield { slice: word, comma: bytes[word.end] === 0x2c || bytes[word.end] === 0x3b }
  }
}

function trimmed({ bytes, start, end }: Slice): Slice {
  let from = start
  let to = end
  while (from < to && isEdge(bytes[from] as number)) from++
  while (to > from && isEdge(bytes[to - 1] as number)) to--
  return { bytes, start: from, end: to }
}

const isEdge = (byte: number) => (byte < 0x30 || (byte > 0x39 && byte < 0x41)) && byte !== 0x20
