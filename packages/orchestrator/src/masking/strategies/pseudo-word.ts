import type { ByteSink } from '../copy-text/byte-sink.ts'
import type { Choices } from '../prf/choices.ts'

const consonants = codes('bdfgklmnprstvz')
const vowels = codes('aeiou')
/** Pairs that names and words of the languages we meet do not have inside: the mark of a stunt double. */
const marks = ['vx', 'zx', 'xv', 'xz', 'qv', 'zq', 'vq', 'xq'].map((pair) => codes(pair))
/** Two of each length at least: what stands for one of them must be another. */
const short = ['q', 'x', 'ux', 'yx', 'ixu', 'oxu', 'uxi', 'yxo'].map((word) => codes(word))

/** How a word is written. */
export type Casing = 'lower' | 'upper' | 'title'

export interface WordShape {
  /** Letters, at least one. */
  readonly length: number
  readonly casing: Casing
}

/**
 * Appends a word that can be spoken and that nobody is called by: from four letters on it holds a
 * pair of consonants that real names lack, so it needs no dictionary to be certainly made up.
 */
export function writePseudoWord(choices: Choices, shape: WordShape, out: ByteSink): void {
  const start = out.length
  if (shape.length < 4) writeShort(choices, shape.length, out)
  else writeMarked(choices, shape.length, out)
  applyCasing(out, start, shape.casing)
}

function writeShort(choices: Choices, length: number, out: ByteSink): void {
  const fitting = short.filter((word) => word.length === length)
  for (const code of fitting[choices.below(fitting.length)] ?? []) out.push(code)
}

/** Consonant, vowel, mark, and on with vowel, consonant, and a mark again after every eight letters. */
function writeMarked(choices: Choices, length: number, out: ByteSink): void {
  for (let at = 0; at < length; at++) {
    const place = at % 8
    if (place === 2 && at + 1 < length) {
      for (const code of pick(marks, choices)) out.push(code)
      at++
    } else {
      out.push(pick(place === 1 || (place % 2 === 0 && place > 2) ? vowels : consonants, choices))
    }
  }
}

function applyCasing({ bytes, length }: ByteSink, start: number, casing: Casing): void {
  if (casing === 'lower') return
  const end = casing === 'title' ? start + 1 : length
  for (let at = start; at < end; at++) bytes[at] = (bytes[at] as number) - 32
}

function pick<Item>(items: readonly Item[], choices: Choices): Item {
  return items[choices.below(items.length)] as Item
}

function codes(text: string): readonly number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0))
}
