import type { ByteSink } from '../copy-text/byte-sink.ts'
import { isLower } from './characters.ts'
import type { Folding } from './folding.ts'
import { type Mask, sliceOf, textOf } from './mask.ts'

/**
 * Values that a store holds for equal are masked alike, and so stay equal. Where case does not count
 * a masked value is written as the real one was: for the store it is the same.
 */
export function collated(mask: Mask, folding: Folding): Mask {
  return (value, out) => {
    const text = textOf(value)
    const folded = folding.fold(text)
    // Nothing but blanks, which is what the store holds an empty value for.
    if (folded === '') return
    const start = out.length
    mask(sliceOf(folded), out)
    if (folding.ignoresCase) recase(text, out, start)
  }
}

/** All letters where all were capitals, the first of each word where the first was one. */
function recase(text: string, { bytes, length }: ByteSink, start: number): void {
  const style = styleOf(text)
  if (style === 'lower') return
  let atStart = true
  for (let at = start; at < length; at++) {
    const byte = bytes[at] as number
    if (isLower(byte) && (style === 'upper' || atStart)) bytes[at] = byte - 32
    atStart = byte === 0x20 || byte === 0x2d
  }
}

function styleOf(text: string): 'lower' | 'upper' | 'title' {
  if (!/\p{Lu}/u.test(text)) return 'lower'
  return /\p{Lu}.*\p{Lu}/su.test(text) && !/\p{Ll}/u.test(text) ? 'upper' : 'title'
}
