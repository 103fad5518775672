import { ByteSink } from '../copy-text/byte-sink.ts'
import { Choices } from '../prf/choices.ts'
import type { SipHash, Slice } from '../prf/siphash.ts'
import { isLower, isUpper } from './characters.ts'
import { distinctLength, writeDistinct } from './distinct.ts'
import { type Mask, type MaskContext, type Room, sliceOf, textOf } from './mask.ts'
import { type Casing, writePseudoWord } from './pseudo-word.ts'

/** Writes something to read, at most as long as there is room for; clipped if it is longer. */
export type Recipe = (value: Slice, out: ByteSink) => void

/**
 * What a recipe writes, with 64 bits behind it where the column is unique. The readable part gives
 * way first: the bits that keep two people apart are never shortened in a unique column.
 */
export function readableMask({ room }: MaskContext, prf: SipHash, recipe: Recipe): Mask {
  const readable = new ByteSink()
  const tail = room.unique ? distinctLength + 1 : 0
  return (value, out) => {
    readable.clear()
    recipe(value, readable)
    const length = clippedLength(readable, room.maxLength - tail)
    out.copy(readable.bytes, 0, length)
    if (tail === 0) return
    if (length > 0) out.push(0x20)
    prf.hash(value)
    writeDistinct(prf, room.maxLength, out)
  }
}

/** Back to the end of a whole word where there is one: half of a made-up word may be a real one. */
function clippedLength({ bytes, length }: ByteSink, most: number): number {
  if (length <= most) return length
  let clipped = Math.max(0, most)
  while (clipped > 0 && bytes[clipped] !== 0x20) clipped--
  return clipped > 0 ? clipped : Math.max(0, most)
}

/** One made-up word per value, alike in every case the value is written in. */
export class Coiner {
  readonly prf: SipHash
  readonly #choices = new Choices()
  readonly #folded = new Uint8Array(64)
  readonly #most: number

  constructor(prf: SipHash, room: Room) {
    this.prf = prf
    this.#most = Math.max(1, room.maxLength)
  }

  /** Seeds the choices that belong to a value, whatever its case. */
  choicesFor(value: Slice): Choices {
    this.prf.hash(folded(value, this.#folded))
    return this.#choices.seed(this.prf.low, this.prf.high)
  }

  write(value: Slice, out: ByteSink): void {
    const choices = this.choicesFor(value)
    const start = out.length
    const length = Math.min(this.#most, 6 + choices.below(4))
    const casing = casingOf(value)
    writePseudoWord(choices, { length, casing }, out)
    // Only what is masked already can come out as it went in.
    while (equals(out, start, value)) {
      out.length = start
      writePseudoWord(choices, { length, casing }, out)
    }
  }
}

export function casingOf({ bytes, start, end }: Slice): Casing {
  let lower = 0
  let upper = 0
  for (let at = start; at < end; at++) {
    if (isLower(bytes[at] as number)) lower++
    else if (isUpper(bytes[at] as number)) upper++
  }
  if (upper === 0 && lower > 0) return 'lower'
  return lower === 0 && upper > 1 ? 'upper' : 'title'
}

/** In lower case; most names are short and plain, and none of those costs a string. */
export function folded(value: Slice, scratch: Uint8Array): Slice {
  const { bytes, start, end } = value
  if (end - start > scratch.length) return foldedText(value)
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte >= 0x80) return foldedText(value)
    scratch[at - start] = isUpper(byte) ? byte + 32 : byte
  }
  return { bytes: scratch, start: 0, end: end - start }
}

/** Bytes that are not UTF-8 would all fold to one replacement character: they stay as they are. */
function foldedText(value: Slice): Slice {
  const lower = sliceOf(textOf(value).toLowerCase().normalize('NFC'))
  return Buffer.from(lower.bytes).includes('\ufffd') ? value : lower
}

function equals({ bytes, length }: ByteSink, from: number, value: Slice): boolean {
  if (length - from !== value.end - value.start) return false
  for (let at = from; at < length; at++)
    if (bytes[at] !== value.bytes[value.start + at - from]) return false
  return true
}
