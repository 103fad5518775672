/** Bytes lent for the length of one call, so that a value in the stream needs no copy to be hashed. */
export interface Slice {
  bytes: Uint8Array
  start: number
  end: number
}

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed pseudorandom function, fast on short inputs.
 * 64-bit words are pairs of 32-bit integers and the digest is left in two fields, because one
 * object or BigInt per value would cost more than the hash itself.
 */
export class SipHash {
  /** Halves of the last digest, as signed 32-bit integers. */
  low = 0
  high = 0

  readonly #k0l: number
  readonly #k0h: number
  readonly #k1l: number
  readonly #k1h: number

  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('SipHash takes a key of 16 bytes')
    this.#k0l = wordAt(key, 0)
    this.#k0h = wordAt(key, 4)
    this.#k1l = wordAt(key, 8)
    this.#k1h = wordAt(key, 12)
  }

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: the state stays in registers only while no call comes between the rounds.
  hash({ bytes, start, end }: Slice): void {
    let v0l = this.#k0l ^ 0x70736575
    let v0h = this.#k0h ^ 0x736f6d65
    let v1l = this.#k1l ^ 0x6e646f6d
    let v1h = this.#k1h ^ 0x646f7261
    let v2l = this.#k0l ^ 0x6e657261
    let v2h = this.#k0h ^ 0x6c796765
    let v3l = this.#k1l ^ 0x79746573
    let v3h = this.#k1h ^ 0x74656462
    const words = (end - start) >> 3
    const lengthByte = (end - start) << 24

    // The whole words, the rest with the length in its top byte, and the finalization.
    for (let word = 0; word <= words + 1; word++) {
      const at = start + word * 8
      const rounds = word > words ? 4 : 2
      let ml = 0
      let mh = 0
      if (word < words) {
        ml = wordAt(bytes, at)
        mh = wordAt(bytes, at + 4)
      } else if (word === words) {
        ml = partAt(bytes, at, end)
        mh = partAt(bytes, at + 4, end) | lengthByte
      } else {
        v2l ^= 0xff
      }
      v3l ^= ml
      v3h ^= mh
      for (let round = 0; round < rounds; round++) {
        let low = (v0l + v1l) | 0
        v0h = (v0h + v1h + carry(low, v0l)) | 0
        v0l = low
        low = (v2l + v3l) | 0
        v2h = (v2h + v3h + carry(low, v2l)) | 0
        v2l = low

        low = ((v1l << 13) | (v1h >>> 19)) ^ v0l
        v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h
        v1l = low
        low = ((v3l << 16) | (v3h >>> 16)) ^ v2l
        v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h
        v3l = low

        // v0 with its halves swapped (a rotation by 32), plus v3.
        low = (v0h + v3l) | 0
        v0h = (v0l + v3h + carry(low, v0h)) | 0
        v0l = low
        low = (v2l + v1l) | 0
        v2h = (v2h + v1h + carry(low, v2l)) | 0
        v2l = low

        low = ((v3l << 21) | (v3h >>> 11)) ^ v0l
        v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h
        v3l = low
        low = ((v1l << 17) | (v1h >>> 15)) ^ v2l
        v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h
        v1l = low

        low = v2h
        v2h = v2l
        v2l = low
      }
      v0l ^= ml
      v0h ^= mh
    }
    this.low = v0l ^ v1l ^ v2l ^ v3l
    this.high = v0h ^ v1h ^ v2h ^ v3h
  }
}

/** Of a sum and one of its words. No conditional: the processor would mispredict it half the time. */
function carry(sum: number, one: number): number {
  return Number(sum >>> 0 < one >>> 0)
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  )
}

/** Up to four bytes, of those that are left. */
function partAt(bytes: Uint8Array, at: number, end: number): number {
  let word = 0
  for (let index = at; index < end && index < at + 4; index++)
    word |= (bytes[index] as number) << ((index - at) * 8)
  return word
}
