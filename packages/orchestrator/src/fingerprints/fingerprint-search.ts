import {
  anchorOf,
  folded,
  foldedGram,
  gramBit,
  intoA,
  intoB,
  shortest,
  spread,
  stemLength,
  stemOf,
} from './digests.ts'
import { farBits, isSampled, nearBits, type SharedFingerprints } from './fingerprint-set.ts'
import { type Entry, Slots } from './slots.ts'

/** Bytes of a gram. */
const gramLength = 4
/** Of the grams from a value's first, second and third byte on one stands at every third place. */
const stride = shortest - gramLength + 1

type OnHit = (entry: Entry, start: number) => void

/** Looks for any of the fingerprinted values in any bytes; in as many threads as there are. */
export class FingerprintSearch {
  readonly #values: SharedFingerprints
  readonly #slots: Slots
  readonly #longest: number
  /** What is searched now, and where in it no value begins any more. */
  #view: DataView = new DataView(new ArrayBuffer(0))
  #end = 0

  constructor(values: SharedFingerprints) {
    this.#values = values
    this.#slots = new Slots(values.slots)
    this.#longest = values.lengths.lastIndexOf(1)
  }

  /** Calls `onHit` for every value that stands in `bytes`, in their order, where it begins before `limit`. */
  search(bytes: Uint8Array, onHit: OnHit, limit = bytes.length): void {
    const end = Math.min(limit, bytes.length - shortest + 1)
    if (end <= 0 || this.#longest < shortest) return
    const { grams } = this.#values
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#view = view
    this.#end = end
    // A value that begins at `end - 1` has its last gram two places further.
    for (let at = stride - 1; at < end + stride - 1; at += stride) {
      if (hasBit(grams, gramBit(foldedGram(view.getUint32(at, true))))) this.#lookAround(at, onHit)
    }
  }

  /** A value that has the gram here begins here or up to two places before. */
  #lookAround(at: number, onHit: OnHit): void {
    const { near, short } = this.#values
    const view = this.#view
    const last = Math.min(at, this.#end - 1)
    for (let start = at - stride + 1; start <= last; start++) {
      const first = foldedGram(view.getUint32(start, true))
      const anchor = anchorOf(first, foldedGram(view.getUint32(start + 2, true)))
      if (!isMarked(near, anchor, nearBits)) continue
      const most = this.#hasStem(start, first) ? this.#longest : stemLength - 1
      if (most >= stemLength || isMarked(short, anchor, farBits)) this.#look(start, most, onHit)
    }
  }

  /** Whether a value of twelve bytes or more begins like what stands here. */
  #hasStem(start: number, first: number): boolean {
    const view = this.#view
    if (start + stemLength > view.byteLength) return false
    const fifth = foldedGram(view.getUint32(start + 4, true))
    const ninth = foldedGram(view.getUint32(start + 8, true))
    return isMarked(this.#values.stems, stemOf(first, fifth, ninth), farBits)
  }

  /** Compares what stands here with the values of at most so many bytes. */
  #look(start: number, most: number, onHit: OnHit): void {
    const { ends, lengths, sampleBits } = this.#values
    const view = this.#view
    const length = Math.min(most, view.byteLength - start)
    let a = 0
    let b = 0
    for (let index = 0; index < length; index++) {
      const byte = folded[view.getUint8(start + index)] as number
      a = intoA(a, byte)
      b = intoB(b, byte)
      if (lengths[index + 1] !== 0 && isMarked(ends, a, nearBits) && isSampled(b, sampleBits)) {
        const entry = this.#slots.find(a >>> 0, b >>> 0)
        if (!this.#slots.isFree(entry)) onHit(entry, start)
      }
    }
  }
}

const isMarked = (filter: Uint32Array, hash: number, size: number) =>
  hasBit(filter, spread(hash) >>> (32 - size))

function hasBit(filter: Uint32Array, bit: number): boolean {
  return ((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0
}
