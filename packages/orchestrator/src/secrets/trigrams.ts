/** Tells of most texts, at little more than a look at each byte, that none of a few words stands in them. */
export class Trigrams {
  readonly #isLast = new Uint8Array(0x1_00_00)

  /** Of each word, in one byte a character, the last three count. */
  constructor(words: readonly string[]) {
    for (const word of words) {
      const last = [...Buffer.from(word, 'latin1').subarray(-3)]
      this.#isLast[last.reduce(next, 0)] = 1
    }
  }

  mayStandIn(bytes: Uint8Array, start: number, end: number): boolean {
    let last = 0
    for (let at = start; at < end; at++) {
      last = next(last, bytes[at] as number)
      if (this.#isLast[last] === 1) return true
    }
    return false
  }
}

/** The index of three bytes, which others may share: five bits go with each step, all of a byte after three. */
const next = (last: number, byte: number) => ((last << 6) ^ byte) & 0xffff
