import type { Bytes } from './jobs.ts'

/** Of every block but one that holds a longer row. */
export const blockBytes = 256 * 1024
/** Such as all threads and streams hold at once. */
const mostSpare = 32

/**
 * Memory of blocks, used again: what is handed over and never comes back is counted as garbage outside
 * of the heap, and collecting that was a third of the main thread's work.
 */
export class BlockMemory {
  readonly #spare: ArrayBuffer[] = []

  /** Room for one block; what stands in it is of another. */
  take(): Bytes {
    return new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(blockBytes))
  }

  /** Takes back what was taken; of anything else it lets go. */
  give({ buffer }: Bytes): void {
    if (buffer.byteLength === blockBytes && this.#spare.length < mostSpare) this.#spare.push(buffer)
  }
}
