import { type ArchiveKind, archiveKindOf } from './archives.ts'

/** Where the kind of an archive can be told from. */
const headBytes = 512

/** Keeps what passes through it, where that begins like an archive. */
export class KeptArchive {
  readonly #limit: number
  #chunks: Buffer[] = []
  #size = 0
  kind: ArchiveKind | undefined

  constructor(limit: number) {
    this.#limit = limit
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
    const isOpen = this.#size < headBytes
    this.#size += chunk.length
    if (!isOpen && this.kind === undefined) return
    if (this.#size > this.#limit) this.#chunks = []
    else this.#chunks.push(chunk)
    if (isOpen) this.kind = archiveKindOf(Buffer.concat(this.#chunks))
    if (this.#size >= headBytes && this.kind === undefined) this.#chunks = []
  }
}
