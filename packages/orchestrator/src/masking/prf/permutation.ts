import { Choices } from './choices.ts'
import { Limbs } from './limbs.ts'
import type { SipHash, Slice } from './siphash.ts'

/** Four make a strong pseudorandom permutation (Luby and Rackoff, 1988). */
const rounds = 4
/** In so large a space a permutation meets a fixed point in n values with a probability of n / 2⁶⁴. */
const ampleSpace = 2 ** 64

/**
 * A keyed permutation of mixed-radix numbers: symbol i of a number lies in 0 … radices[i] - 1.
 *
 * In an ample space it is an alternating Feistel network Q. In a smaller one Q would now and then
 * map a number to itself, so there it is Q ∘ (+1) ∘ Q⁻¹: all numbers of one shape form a single
 * cycle. In both, stepping on until a number is acceptable is again a permutation of the acceptable
 * ones (cycle walking), and on a cycle it keeps none in place as long as there are two of them.
 */
export class Permutation {
  readonly #prf: SipHash
  readonly #choices = new Choices()
  readonly #shuffles = new Map<number, readonly number[]>()
  readonly #limbs = new Limbs()
  /** What a round reads, for the hash: one memory, seen as words and as bytes. */
  #words = new Int32Array(16)
  #half: Slice = { bytes: new Uint8Array(this.#words.buffer), start: 0, end: 0 }

  constructor(prf: SipHash) {
    this.#prf = prf
  }

  /** Replaces the first `count` symbols by those of the number they are mapped to. */
  step(symbols: Uint8Array, radices: ArrayLike<number>, count: number): void {
    if (count === 0) return
    if (count === 1) {
      symbols[0] = this.#shuffleOf(radices[0] as number)[symbols[0] as number] as number
      return
    }
    this.#limbs.pack(symbols, radices, count)
    if (this.#limbs.space < ampleSpace) {
      for (let round = rounds - 1; round >= 0; round--) this.#takeAway(round)
      this.#limbs.increment()
    }
    for (let round = 0; round < rounds; round++) this.#add(round)
    this.#limbs.unpack(symbols, radices)
  }

  /** A round of the network: changes the left half in even rounds, the right one in odd ones. */
  #add(round: number): void {
    const { values, moduli, middle, count } = this.#limbs
    const isLeft = (round & 1) === 0
    this.#seed(isLeft ? middle : 0, isLeft ? count : middle, round)
    for (let limb = isLeft ? 0 : middle; limb < (isLeft ? middle : count); limb++) {
      const modulus = moduli[limb] as number
      const sum = (values[limb] as number) + this.#choices.belowLarge(modulus)
      values[limb] = raised(sum - modulus, modulus)
    }
  }

  /** The inverse of `add`. */
  #takeAway(round: number): void {
    const { values, moduli, middle, count } = this.#limbs
    const isLeft = (round & 1) === 0
    this.#seed(isLeft ? middle : 0, isLeft ? count : middle, round)
    for (let limb = isLeft ? 0 : middle; limb < (isLeft ? middle : count); limb++) {
      const modulus = moduli[limb] as number
      const difference = (values[limb] as number) - this.#choices.belowLarge(modulus)
      values[limb] = raised(difference, modulus)
    }
  }

  /** Makes the choices depend on the half that a round reads. */
  #seed(from: number, to: number, round: number): void {
    const { values, shape } = this.#limbs
    const length = to - from
    if (this.#words.length <= length) this.#grow(length * 2)
    for (let index = 0; index < length; index++) this.#words[index] = values[from + index] as number
    this.#words[length] = (shape << 2) | round
    // Three bytes for shape and round: with them, nine digits still are one block of the hash.
    this.#half.end = length * 4 + 3
    this.#prf.hash(this.#half)
    this.#choices.seed(this.#prf.low, this.#prf.high)
  }

  #grow(capacity: number): void {
    this.#words = new Int32Array(capacity)
    this.#half = { bytes: new Uint8Array(this.#words.buffer), start: 0, end: 0 }
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

/** By the modulus where it is negative; its sign is chance, and a branch on it would be mispredicted. */
function raised(number: number, modulus: number): number {
  return number + (modulus & (number >> 31))
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
