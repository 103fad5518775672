export interface GitObject {
  readonly id: string
  readonly type: string
  /** Read it to its end before the next is asked for. */
  readonly content: AsyncIterable<Buffer>
}

const longestHead = 256

/** What `git cat-file --batch` prints: a line `id type size`, the content, a line’s end. */
export async function* gitObjectsIn(output: AsyncIterable<Buffer>): AsyncGenerator<GitObject> {
  const reader = new Reader(output)
  for (let head = await reader.line(); head !== undefined; head = await reader.line()) {
    const [, id, type, size] = /^([0-9a-f]+) (blob|tree|commit|tag) (\d+)$/.exec(head) ?? []
    if (id === undefined || type === undefined) throw new Error('git printed no object')
    yield { id, type, content: reader.take(Number(size)) }
    await reader.line()
  }
}

class Reader {
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(output: AsyncIterable<Buffer>) {
    this.#chunks = output[Symbol.asyncIterator]()
  }

  /** Without its end; undefined where there is no more. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#held.indexOf(10)
      if (end !== -1) {
        const line = this.#held.toString('latin1', 0, end)
        this.#held = this.#held.subarray(end + 1)
        return line
      }
      if (this.#held.length > longestHead) throw new Error('git printed no object')
      const { value, done } = await this.#chunks.next()
      if (done) return undefined
      this.#held = Buffer.concat([this.#held, value])
    }
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#held.length === 0) {
        const { value, done } = await this.#chunks.next()
        if (done) throw new Error('git broke off')
        this.#held = value
      }
      const part = this.#held.subarray(0, left)
      this.#held = this.#held.subarray(part.length)
      left -= part.length
      yield part
    }
  }
}
