import { Choices } from './choices.ts'
import type { SipHash, Slice } from './siphash.ts'

const rounds = 6

/**
 * A keyed permutation of mixed-radix numbers: symbol i of a number lies in 0 … radices[i] - 1.
 *
 * It is Q ∘ (+1) ∘ Q⁻¹ with Q an alternating Feistel network, so all numbers of one shape form a
 * single cycle. Two things follow: no number maps to itself, and stepping on until a number is
 * acceptable is again a permutation of the acceptable ones (cycle walking) that keeps none in place
 * as long as there are two of them.
 */
export class Cycle {
  readonly #prf: SipHash
  readonly #choices = new Choices()
  readonly #shuffles = new Map<number, readonly number[]>()
  #tweaked: Slice = { bytes: new Uint8Array(64), start: 0, end: 0 }

  constructor(prf: SipHash) {
    this.#prf = prf
  }

  /** Replaces `symbols` by their successor. */
  step(symbols: Uint8Array, radices: ArrayLike<number>): void {
    if (symbols.length === 0) return
    if (symbols.length === 1) {
      symbols[0] = this.#shuffleOf(radices[0] as number)[symbols[0] as number] as number
      return
    }
    for (let round = rounds - 1; round >= 0; round--) this.#mix(symbols, radices, ~round)
    increment(symbols, radices)
    for (let round = 0; round < rounds; round++) this.#mix(symbols, radices, round)
  }

  /** Adds a function of one half to the other; the complement of a round’s number takes it away. */
  #mix(symbols: Uint8Array, radices: ArrayLike<number>, move: number): void {
    const forward = move >= 0
    const round = forward ? move : ~move
    const middle = symbols.length >> 1
    const intoLeft = (round & 1) === 0
    this.#absorb(symbols, intoLeft ? middle : 0, round)
    const [from, to] = intoLeft ? [0, middle] : [middle, symbols.length]
    for (let index = from; index < to; index++) {
      const radix = radices[index] as number
      const amount = this.#choices.below(radix)
      const sum = (symbols[index] as number) + (forward ? amount : radix - amount)
      symbols[index] = sum >= radix ? sum - radix : sum
    }
  }

  #absorb(symbols: Uint8Array, from: number, round: number): void {
    const length = from === 0 ? symbols.length >> 1 : symbols.length - from
    const tweaked = this.#roomFor(length)
    tweaked.bytes[0] = round
    tweaked.bytes[1] = symbols.length & 0xff
    for (let index = 0; index < length; index++)
      tweaked.bytes[index + 2] = symbols[from + index] as number
    this.#prf.hash(tweaked)
    this.#choices.seed(this.#prf.low, this.#prf.high)
  }

  #roomFor(length: number): Slice {
    if (this.#tweaked.bytes.length < length + 2)
      this.#tweaked = { bytes: new Uint8Array(length * 2), start: 0, end: 0 }
    this.#tweaked.end = length + 2
    return this.#tweaked
  }

  /** One symbol has no halves: a keyed shuffle into a single cycle (Sattolo’s algorithm) instead. */
  #shuffleOf(radix: number): readonly number[] {
    const known = this.#shuffles.get(radix)
    if (known) return known
    this.#prf.hash({ bytes: Uint8Array.of(0xff, 1, radix & 0xff), start: 0, end: 3 })
    const shuffle = oneCycle(radix, this.#choices.seed(this.#prf.low, this.#prf.high))
    this.#shuffles.set(radix, shuffle)
    return shuffle
  }
}

/** A random permutation of 0 … size - 1 that is one cycle. */
export function oneCycle(size: number, choices: Choices): readonly number[] {
  const order = Array.from({ length: size }, (_, index) => index)
  for (let index = size - 1; index > 0; index--) {
    const other = choices.below(index)
    const moved = order[index] as number
    order[index] = order[other] as number
    order[other] = moved
  }
  return order
}

function increment(symbols: Uint8Array, radices: ArrayLike<number>): void {
  for (let index = symbols.length - 1; index >= 0; index--) {
    const next = (symbols[index] as number) + 1
    if (next < (radices[index] as number)) {
      symbols[index] = next
      return
    }
    symbols[index] = 0
  }
}
