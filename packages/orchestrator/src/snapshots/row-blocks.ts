import { type BlockMemory, type Bytes, blockBytes } from './threads/threads.ts'

const newline = 0x0a

/**
 * Cuts a stream of COPY text, in any chunking, into blocks of whole rows. A line feed inside a value is
 * escaped, so each that stands in the stream ends a row. A longer row makes its block longer; what a
 * torn stream leaves comes last, without a line feed.
 */
export async function* rowBlocks(
  chunks: AsyncIterable<Buffer>,
  memory: BlockMemory,
): AsyncGenerator<Bytes> {
  let block = memory.take()
  let size = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + block.length - size)
      block.set(part, size)
      at += part.length
      size += part.length
      if (size < block.length) continue
      const whole = block.lastIndexOf(newline) + 1
      const rest = block.subarray(whole)
      const next = rest.length < blockBytes ? memory.take() : new Uint8Array(rest.length * 2)
      next.set(rest)
      // Before the yield: whoever takes the block hands its memory on, and the rest's with it.
      size = rest.length
      if (whole > 0) yield block.subarray(0, whole)
      block = next
    }
  }
  if (size > 0) yield block.subarray(0, size)
}
