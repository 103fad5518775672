import { Choices } from '../prf/choices.ts'
import { oneCycle } from '../prf/permutation.ts'
import type { SipHash, Slice } from '../prf/siphash.ts'

/** A permutation of the numbers within each block of so many, another one for every block. */
export class BlockCycle {
  readonly #prf: SipHash
  readonly #size: number
  readonly #next: readonly number[]
  readonly #block = new DataView(new ArrayBuffer(4))
  readonly #input: Slice = { bytes: new Uint8Array(this.#block.buffer), start: 0, end: 4 }

  constructor(prf: SipHash, size: number) {
    this.#prf = prf
    this.#size = size
    prf.hash({ bytes: Uint8Array.of(size & 0xff, size >>> 8), start: 0, end: 2 })
    this.#next = oneCycle(size, new Choices().seed(prf.low, prf.high))
  }

  /** Turns the block, follows the one cycle, turns it back: a cycle again, so nothing stays. */
  moved(number: number): number {
    const block = Math.floor(number / this.#size)
    const turn = this.#turnOf(block)
    const place = (number - block * this.#size + turn) % this.#size
    const moved = ((this.#next[place] as number) - turn + this.#size) % this.#size
    return block * this.#size + moved
  }

  #turnOf(block: number): number {
    this.#block.setInt32(0, block, true)
    this.#prf.hash(this.#input)
    return (this.#prf.low >>> 0) % this.#size
  }
}
