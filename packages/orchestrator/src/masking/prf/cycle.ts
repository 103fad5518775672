import { Choices } from './choices.ts'
import type { SipHash, Slice } from './siphash.ts'

/** Four make a strong pseudorandom permutation (Luby and Rackoff, 1988); each step takes them twice. */
const rounds = 4

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
  #half: Slice = { bytes: new Uint8Array(64), start: 0, end: 0 }

  constructor(prf: SipHash) {
    this.#prf = prf
  }

  /** Replaces the first `count` symbols by their successor. */
  step(symbols: Uint8Array, radices: ArrayLike<number>, count: number): void {
    if (count === 0) return
    if (count === 1) {
      symbols[0] = this.#shuffleOf(radices[0] as number)[symbols[0] as number] as number
      return
    }
    for (let round = rounds - 1; round >= 0; round--) {
      this.#seed(symbols, count, round)
      this.#takeAway(symbols, radices, targetOf(count, round))
    }
    increment(symbols, radices, count)
    for (let round = 0; round < rounds; round++) {
      this.#seed(symbols, count, round)
      this.#add(symbols, radices, targetOf(count, round))
    }
  }

  /** Makes the choices depend on the half that a round reads. */
  #seed(symbols: Uint8Array, count: number, round: number): void {
    const { from, to } = targetOf(count, round + 1)
    const length = to - from
    if (this.#half.bytes.length <= length)
      this.#half = { bytes: new Uint8Array(length * 2), start: 0, end: 0 }
    const { bytes } = this.#half
    // Round and length in one byte: with it, half of a phone number still is one block of the hash.
    bytes[0] = (count << 2) | round
    for (let index = 0; index < length; index++) bytes[index + 1] = symbols[from + index] as number
    this.#half.end = length + 1
    this.#prf.hash(this.#half)
    this.#choices.seed(this.#prf.low, this.#prf.high)
  }

  #add(symbols: Uint8Array, radices: ArrayLike<number>, { from, to }: Target): void {
    for (let index = from; index < to; index++) {
      const radix = radices[index] as number
      const sum = (symbols[index] as number) + this.#choices.below(radix)
      symbols[index] = sum >= radix ? sum - radix : sum
    }
  }

  #takeAway(symbols: Uint8Array, radices: ArrayLike<number>, { from, to }: Target): void {
    for (let index = from; index < to; index++) {
      const radix = radices[index] as number
      const difference = (symbols[index] as number) - this.#choices.below(radix)
      symbols[index] = difference < 0 ? difference + radix : difference
    }
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

interface Target {
  readonly from: number
  readonly to: number
}

/** The half that a round changes: the left one in even rounds. */
function targetOf(count: number, round: number): Target {
  const middle = count >> 1
  return (round & 1) === 0 ? { from: 0, to: middle } : { from: middle, to: count }
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

function increment(symbols: Uint8Array, radices: ArrayLike<number>, count: number): void {
  for (let index = count - 1; index >= 0; index--) {
    const next = (symbols[index] as number) + 1
    if (next < (radices[index] as number)) {
      symbols[index] = next
      return
    }
    symbols[index] = 0
  }
}
