import { Writable } from 'node:stream'
import { laneBroken } from './errors.ts'
import { inputEndFrame, inputFrame, inputWindowBytes, maxDataBytes } from './frames.ts'

/**
 * A command's input. No more of it is on its way than the runner has said it has room for, so that a
 * command that does not read holds up its writer and not the lane.
 */
export class CreditedInput extends Writable {
  readonly #send: (frame: Buffer) => void
  #credit = inputWindowBytes
  #waiting: { rest: Buffer; done: () => void } | undefined

  constructor(send: (frame: Buffer) => void) {
    super()
    this.#send = send
    // Writing to a command that ended is ordinary; its exit says so.
    this.on('error', () => {})
  }

  grant(bytes: number): void {
    this.#credit += bytes
    if (this.#credit > inputWindowBytes) throw laneBroken('it took more input than it was sent')
    this.#pump()
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#waiting = { rest: chunk, done }
    this.#pump()
  }

  override _final(done: () => void): void {
    this.#send(inputEndFrame)
    done()
  }

  #pump(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    while (waiting.rest.length > 0 && this.#credit > 0) {
      const piece = waiting.rest.subarray(0, Math.min(this.#credit, maxDataBytes))
      waiting.rest = waiting.rest.subarray(piece.length)
      this.#credit -= piece.length
      this.#send(inputFrame(piece))
    }
    if (waiting.rest.length > 0) return
    this.#waiting = undefined
    waiting.done()
  }
}
