/** Larger moduli would leave the integers that the engine counts in without boxing, sums included. */
const largestModulus = 2 ** 30
/** Radix → the largest modulus that may still be multiplied by it. */
const roomFor = Int32Array.from({ length: 257 }, (_, radix) =>
  radix === 0 ? 0 : Math.floor(largestModulus / radix),
)

/**
 * A mixed-radix number with its symbols gathered into few large ones, of less than 2³⁰ each: whoever
 * computes with them takes a step for nine digits where it took nine. No limb holds symbols of both
 * halves of the number.
 */
export class Limbs {
  values = new Int32Array(16)
  moduli = new Int32Array(16)
  /** How many limbs there are, and how many of them are of the left half. */
  count = 0
  middle = 0
  /** How many numbers there are of this shape. */
  space = 1
  /** A sum of the radices in their order: shapes that differ hardly ever share it. */
  shape = 0
  /** Where each limb’s symbols end. */
  #ends = new Int32Array(16)

  pack(symbols: Uint8Array, radices: ArrayLike<number>, count: number): void {
    if (count > this.values.length) this.#grow(count * 2)
    this.space = 1
    this.shape = count
    this.count = 0
    this.#packHalf(symbols, radices, { from: 0, to: count >> 1 })
    this.middle = this.count
    this.#packHalf(symbols, radices, { from: count >> 1, to: count })
  }

  unpack(symbols: Uint8Array, radices: ArrayLike<number>): void {
    for (let limb = 0, from = 0; limb < this.count; limb++) {
      const end = this.#ends[limb] as number
      let rest = this.values[limb] as number
      for (let index = end - 1; index >= from; index--) {
        const radix = radices[index] as number
        const quotient = (rest / radix) | 0
        symbols[index] = rest - quotient * radix
        rest = quotient
      }
      from = end
    }
  }

  /** The next number of the shape; the first one after the last. */
  increment(): void {
    for (let limb = this.count - 1; limb >= 0; limb--) {
      const next = (this.values[limb] as number) + 1
      if (next < (this.moduli[limb] as number)) {
        this.values[limb] = next
        return
      }
      this.values[limb] = 0
    }
  }

  #packHalf(symbols: Uint8Array, radices: ArrayLike<number>, { from, to }: Half): void {
    let value = 0
    let modulus = 1
    let shape = this.shape
    for (let index = from; index < to; index++) {
      const radix = radices[index] as number
      if (modulus > (roomFor[radix] as number)) {
        this.#append(value, modulus, index)
        value = 0
        modulus = 1
      }
      value = Math.imul(value, radix) + (symbols[index] as number)
      modulus = Math.imul(modulus, radix)
      shape = (Math.imul(shape, 31) + radix) | 0
    }
    this.shape = shape
    this.#append(value, modulus, to)
  }

  #append(value: number, modulus: number, end: number): void {
    this.values[this.count] = value
    this.moduli[this.count] = modulus
    this.#ends[this.count] = end
    this.count++
    this.space *= modulus
  }

  #grow(capacity: number): void {
    this.values = new Int32Array(capacity)
    this.moduli = new Int32Array(capacity)
    this.#ends = new Int32Array(capacity)
  }
}

/** Symbols from one index up to another. */
interface Half {
  readonly from: number
  readonly to: number
}
