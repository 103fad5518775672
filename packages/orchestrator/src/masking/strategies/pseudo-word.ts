import type { ByteSink } from '../copy-text/byte-sink.ts'
import type { Choices } from '../prf/choices.ts'

const consonants = codes('bdfgklmnprstvz')
const vowels = codes('aeiou')
/** Pairs that names and words of the languages we meet do not have inside: the mark of a stunt double. */
const marks = codes(['vx', 'zx', 'xv', 'xz', 'qv', 'zq', 'vq', 'xq'].join(''))
/** Of the places in eight letters. */
const isVowel = Uint8Array.of(0, 1, 0, 0, 1, 0, 1, 0)
/** By length. Two of each at least: what stands for one of them must be another. */
const short = [[], ['q', 'x'], ['ux', 'yx'], ['ixu', 'oxu', 'uxi', 'yxo']] as const

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
  const fitting = short[length] ?? []
  out.ascii(fitting[choices.below(fitting.length)] ?? '')
}

/** Consonant, vowel, mark, and on with vowel, consonant, and a mark again after every eight letters. */
function writeMarked(choices: Choices, length: number, out: ByteSink): void {
  for (let at = 0; at < length; at++) {
    const place = at & 7
    if (place === 2 && at + 1 < length) {
      const mark = 2 * choices.below(marks.length / 2)
      out.push(marks[mark] as number)
      out.push(marks[mark + 1] as number)
      at++
    } else {
      const letters = isVowel[place] === 1 ? vowels : consonants
      out.push(letters[choices.below(letters.length)] as number)
    }
  }
}

function applyCasing({ bytes, length }: ByteSink, start: number, casing: Casing): void {
  if (casing === 'lower') return
  const end = casing === 'title' ? start + 1 : length
  for (let at = start; at < end; at++) bytes[at] = (bytes[at] as number) - 32
}

function codes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
