import { Writable } from 'node:stream'
import { laneBroken } from './errors.ts'
import { type Heard, headerBytes, isOutput, readHeader } from './frames.ts'

export interface FrameListener {
  /** Throws where the frame was not to come. */
  onNumber(type: Heard, value: number): void
  /** Settles when the next piece may come; a frame's data come in pieces of any size. */
  onOutput(type: Heard, piece: Buffer): Promise<void>
}

/** Of what came and waits for a reader; about one chunk of the connection. */
const heldBytes = 64 * 1024

/**
 * Takes the bytes of a lane apart. What comes is hostile: the first byte that no runner of ours would
 * have sent fails it.
 */
export class FrameReader extends Writable {
  readonly #listener: FrameListener
  readonly #head = Buffer.alloc(headerBytes)
  readonly #number = Buffer.alloc(4)
  #filled = 0
  #frame: { readonly type: Heard; readonly length: number } | undefined

  constructor(listener: FrameListener) {
    super({ highWaterMark: heldBytes })
    this.#listener = listener
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#take(chunk).then(
      () => done(),
      (cause: Error) => done(cause),
    )
  }

  async #take(chunk: Buffer): Promise<void> {
    let rest = chunk
    while (rest.length > 0) {
      const frame = this.#frame
      if (frame === undefined) rest = this.#takeHeader(rest)
      else if (isOutput(frame.type)) rest = await this.#takeOutput(frame, rest)
      else rest = this.#takeNumber(frame, rest)
    }
  }

  #takeHeader(rest: Buffer): Buffer {
    const taken = this.#fill(this.#head, rest)
    if (this.#filled < headerBytes) return rest.subarray(taken)
    this.#frame = readHeader(this.#head)
    if (this.#frame === undefined) throw laneBroken('it sent what no runner sends')
    this.#filled = 0
    return rest.subarray(taken)
  }

  async #takeOutput({ type, length }: { type: Heard; length: number }, rest: Buffer) {
    const piece = rest.subarray(0, length - this.#filled)
    this.#filled += piece.length
    if (this.#filled === length) this.#next()
    await this.#listener.onOutput(type, piece)
    return rest.subarray(piece.length)
  }

  #takeNumber({ type }: { type: Heard }, rest: Buffer): Buffer {
    const taken = this.#fill(this.#number, rest)
    if (this.#filled === this.#number.length) {
      this.#next()
      this.#listener.onNumber(type, this.#number.readUInt32BE())
    }
    return rest.subarray(taken)
  }

  #fill(into: Buffer, rest: Buffer): number {
    const taken = rest.copy(into, this.#filled)
    this.#filled += taken
    return taken
  }

  #next(): void {
    this.#frame = undefined
    this.#filled = 0
  }
}
