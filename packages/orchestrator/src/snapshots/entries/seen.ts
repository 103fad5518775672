import { createHash } from 'node:crypto'

/** Which names were met, at some 40 bytes for each. Names themselves are never kept. */
export class Seen {
  readonly #digests = new Set<bigint>()

  /** Whether it is met for the first time. */
  add(name: Buffer): boolean {
    const digest = createHash('sha1').update(name).digest().readBigUInt64LE()
    if (this.#digests.has(digest)) return false
    this.#digests.add(digest)
    return true
  }
}
