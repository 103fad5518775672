import { anchorOf, folded, intoA, intoB, shortest, spread, stemLength } from './digests.ts'
import {
  type Entry,
  farBits,
  gramBits,
  isSampled,
  nearBits,
  type SharedFingerprints,
  slotOf,
} from './fingerprints.ts'

/** Looks for any of the fingerprinted values in any bytes; in as many threads as there are. */
export class FingerprintSearch {
  readonly #values: SharedFingerprints
  readonly #longest: number

  constructor(values: SharedFingerprints) {
    this.#values = values
    this.#longest = values.lengths.lastIndexOf(1)
  }

  /** Calls `onHit` for every value that stands in `bytes`, where it begins before `limit`. */
  search(bytes: Uint8Array, onHit: (entry: Entry) => void, limit = bytes.length): void {
    if (bytes.length < shortest || this.#longest < shortest) return
    const { grams, near, far } = this.#values
    const end = Math.min(limit, bytes.length - shortest + 1)
    // The four bytes from here, from the next place and from the one after that.
    let first = 0
    let second = 0
    let third = 0
    for (let index = 0; index < shortest - 1; index++) {
      first = second
      second = third
      third = (third << 8) | (folded[bytes[index] as number] as number)
    }
    for (let start = 0; start < end; start++) {
      first = second
      second = third
      third = (third << 8) | (folded[bytes[start + shortest - 1] as number] as number)
      if (!isMarked(grams, first, gramBits)) continue
      const anchor = anchorOf(first, third)
      if (!isMarked(near, anchor, nearBits) || !isMarked(far, anchor, farBits)) continue
      this.#look(bytes, start, onHit)
    }
  }

  #look(bytes: Uint8Array, start: number, onHit: (entry: Entry) => void): void {
    const { stems, ends, lengths, slots, sampleBits } = this.#values
    const length = Math.min(this.#longest, bytes.length - start)
    let a = 0
    let b = 0
    for (let index = 0; index < length; index++) {
      const byte = folded[bytes[start + index] as number] as number
      a = intoA(a, byte)
      b = intoB(b, byte)
      if (lengths[index + 1] !== 0 && isMarked(ends, a, nearBits) && isSampled(b, sampleBits)) {
        const slot = slotOf(slots, a >>> 0, b >>> 0)
        if (slots.labels[slot] !== 0) onHit(slot)
      }
      if (index === stemLength - 1 && !isMarked(stems, a, farBits)) return
    }
  }
}

function isMarked(filter: Uint32Array, hash: number, size: number): boolean {
  const bit = spread(hash) >>> (32 - size)
  return ((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0
}
