/** So much of what nobody has read yet is kept; the oldest goes first. */
const keptBytes = 8 * 1024 ** 2

/** What a terminal shows, for one reader, in order. A slow one misses the oldest, and nothing grows. */
export class Shown implements AsyncIterable<Uint8Array> {
  droppedBytes = 0
  readonly #pieces: Uint8Array[] = []
  #bytes = 0
  #ended = false
  #changed = Promise.withResolvers<void>()

  add(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    while (this.#bytes > keptBytes) {
      const dropped = this.#take()?.length ?? 0
      this.droppedBytes += dropped
    }
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const piece = this.#take()
      if (piece) yield piece
      else if (this.#ended) return
      else await this.#changed.promise
    }
  }

  #take(): Uint8Array | undefined {
    const piece = this.#pieces.shift()
    this.#bytes -= piece?.length ?? 0
    return piece
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}
