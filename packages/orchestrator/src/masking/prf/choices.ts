/**
 * An endless run of choices spread from one 64-bit digest (the generator sfc32). It hides nothing by
 * itself: the digest it starts from is already unpredictable without the key.
 */
export class Choices {
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  seed(low: number, high: number): this {
    this.#a = low | 0
    this.#b = high | 0
    this.#c = 0x9e3779b9 | 0
    this.#counter = 1
    for (let warmup = 0; warmup < 4; warmup++) this.word()
    return this
  }

  /** 32 bits, as a signed integer. */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum
  }

  /** A whole number from 0 up to, but not including, `count`; its bias is below count / 2³². */
  below(count: number): number {
    return Math.floor((this.word() >>> 0) * (count / 0x1_0000_0000))
  }

  /** The same for a large `count`, up to 2³¹: 52 bits make it, so its bias is below count / 2⁵². */
  belowLarge(count: number): number {
    const high = this.word() >>> 0
    return ((high * 0x10_0000 + (this.word() >>> 12)) * (count / 0x10_0000_0000_0000)) | 0
  }
}
