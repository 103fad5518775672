import { type ArchiveKind, archiveKindOf } from './archives.ts'
import { headBytes } from './peek.ts'

/** Keeps what passes through it, where that begins like an archive. */
export class KeptArchive {
  readonly #limit: number
  #head: Buffer = Buffer.alloc(0)
  #chunks: Buffer[] = []
  #size = 0
  #kind: ArchiveKind | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  get kind(): ArchiveKind | undefined {
    return this.#kind
  }

  /** Undefined where there was more than the limit. */
  get bytes(): Buffer | undefined {
    return this.#size > this.#limit ? undefined : Buffer.concat(this.#chunks)
  }

  async *through(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      this.#keep(chunk)
      yield chunk
    }
  }

  #keep(chunk: Buffer): void {
    if (this.#size < headBytes) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, headBytes)])
      this.#kind = archiveKindOf(this.#head)
    }
    this.#size += chunk.length
    const isWanted = this.#size < headBytes || this.#kind !== undefined
    if (isWanted && this.#size <= this.#limit) this.#chunks.push(chunk)
    else this.#chunks = []
  }
}
