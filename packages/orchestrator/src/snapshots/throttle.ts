import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../lib/clock.ts'

/** Holds all streams of one source together to a rate: what is not taken here is not sent there. */
export class Throttle {
  readonly #bytesPerMs: number
  readonly #clock: Clock
  /** When everything taken so far would have come at that rate. */
  #due = Number.NEGATIVE_INFINITY

  /** Without a rate nothing is held. */
  constructor(bytesPerSecond: number | undefined, clock: Clock) {
    this.#bytesPerMs = (bytesPerSecond ?? Number.POSITIVE_INFINITY) / 1000
    this.#clock = clock
  }

  async *slow(chunks: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      yield chunk
      const pause = this.take(chunk.length)
      if (pause > 0) await wait(pause, undefined, { signal })
    }
  }

  /** Milliseconds to wait before the next bytes are asked for. */
  take(bytes: number): number {
    const now = this.#clock()
    this.#due = Math.max(this.#due, now) + bytes / this.#bytesPerMs
    return this.#due - now
  }
}
