/** Which of many values stand in any of many texts, whatever the case of their ASCII letters. */
export class Survivors {
  readonly #found = new Set<string>()
  readonly #byMiddle = new Map<
    number,
    { readonly value: string; readonly bytes: Buffer; readonly at: number }[]
  >()
  readonly #isMiddle = new Uint8Array(2 ** 16)

  /** Each of eight bytes or more. Their middles differ where their beginnings and ends are alike. */
  constructor(values: readonly string[]) {
    for (const value of values) {
      const bytes = folded(Buffer.from(value))
      if (bytes.length < 8) throw new RangeError('too short to be told from chance')
      const at = (bytes.length >> 1) - 2
      const middle = bytes.readInt32LE(at)
      this.#isMiddle[middle & 0xffff] = 1
      this.#byMiddle.set(middle, [...(this.#byMiddle.get(middle) ?? []), { value, bytes, at }])
    }
  }

  get found(): ReadonlySet<string> {
    return this.#found
  }

  search(haystack: Buffer): void {
    const bytes = folded(haystack)
    for (let index = 0; index <= bytes.length - 4; index += 1) {
      const low = (bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8)
      if (this.#isMiddle[low] === 1) this.#look(bytes, index)
    }
  }

  #look(bytes: Buffer, index: number): void {
    for (const { value, bytes: wanted, at } of this.#byMiddle.get(bytes.readInt32LE(index)) ?? []) {
      const start = index - at
      if (start >= 0 && bytes.subarray(start, start + wanted.length).equals(wanted))
        this.#found.add(value)
    }
  }
}

function folded(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = 0; at < copy.length; at += 1) {
    const byte = copy[at] ?? 0
    if (byte >= 65 && byte <= 90) copy[at] = byte + 32
  }
  return copy
}

/** A dump prints bytes in hexadecimal: what they spell is looked at as well. */
export function withDecodedHex(dump: Buffer): Buffer[] {
  const runs = dump.toString('latin1').match(/[\\0]x(?:[0-9a-f]{2}){8,}/gi) ?? []
  return [dump, ...runs.map((run) => Buffer.from(run.slice(2), 'hex'))]
}
