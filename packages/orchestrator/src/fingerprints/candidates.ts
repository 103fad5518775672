import { bitsOf } from './blocked-filter.ts'
import { briefOf, foldedGram, gramBit, shortest, stemLength, stemOf } from './hashes.ts'
import type { SharedFingerprints } from './shared-fingerprints.ts'

/** Bytes of a gram. */
const gramLength = 4
/** Of the grams from a value's first, second and third byte on one stands at every third place. */
const stride = shortest - gramLength + 1
/** Places looked at in a go. */
const atOnce = 3 * 4096

interface Part {
  readonly from: number
  readonly end: number
}

/**
 * Finds where in any bytes a value may begin. Without a branch that depends on what stands there, a
 * processor waits for the memory of many places at once instead of one after the other.
 */
export class Candidates {
  readonly #values: SharedFingerprints
  readonly #near = new Uint32Array(atOnce / stride + 1)
  readonly #found = new Uint32Array(atOnce + stride)

  constructor(values: SharedFingerprints) {
    this.#values = values
  }

  /** Calls `onPlace` for each from front to back, of those before `end`; near the end of all bytes for every place. */
  find(view: DataView, end: number, onPlace: (at: number) => void): void {
    const last = Math.min(end, view.byteLength - shortest + 1)
    const roomForStems = Math.max(0, Math.min(last, view.byteLength - stemLength + 1))
    for (let from = 0; from < roomForStems; from += atOnce) {
      const part = { from, end: Math.min(roomForStems, from + atOnce) }
      const count = this.#narrow(view, part.end, this.#nearGrams(view, part))
      for (let index = 0; index < count; index++) onPlace(this.#found[index] as number)
    }
    for (let at = roomForStems; at < last; at++) onPlace(at)
  }

  /** Where one of the grams stands that values have near their beginning. */
  #nearGrams(view: DataView, { from, end }: Part): number {
    const { grams } = this.#values
    const near = this.#near
    let count = 0
    // A value that begins at `end - 1` has its last gram two places further.
    for (let at = from + stride - 1; at < end + stride - 1; at += stride) {
      const bit = gramBit(foldedGram(view.getUint32(at, true)))
      near[count] = at
      count += ((grams[bit >>> 5] as number) >>> bit) & 1
    }
    return count
  }

  /** Of the places around those grams, where six or twelve bytes stand that a value begins with. */
  #narrow(view: DataView, end: number, grams: number): number {
    const { words: stems, shift: stemShift } = this.#values.stems.beginnings
    const { words: briefs, shift: briefShift } = this.#values.briefs.beginnings
    const near = this.#near
    const found = this.#found
    let count = 0
    for (let index = 0; index < grams; index++) {
      const gram = near[index] as number
      const last = Math.min(gram, end - 1)
      for (let at = gram - stride + 1; at <= last; at++) {
        const first = foldedGram(view.getUint32(at, true))
        const fifth = foldedGram(view.getUint32(at + 4, true))
        const stem = stemOf(first, fifth, foldedGram(view.getUint32(at + 8, true)))
        const brief = briefOf(first, foldedGram(view.getUint32(at + 2, true)))
        const noStem = ~(stems[stem >>> stemShift] as number) & bitsOf(stem)
        const noBrief = ~(briefs[brief >>> briefShift] as number) & bitsOf(brief)
        found[count] = at
        count += isZero(noStem) | isZero(noBrief)
      }
    }
    return count
  }
}

/** 1 where it is, 0 where not. */
const isZero = (bits: number) => ((bits | -bits) >>> 31) ^ 1
