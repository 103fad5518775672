import { longest } from '../../fingerprints/fingerprints.ts'
import { type BlockMemory, type Bytes, blockBytes } from '../threads/threads.ts'

export interface FileBlock {
  readonly bytes: Bytes
  readonly length: number
  /** A value that begins from here on is found in the next block, whole. */
  readonly limit: number
}

/** Cuts a file into blocks that overlap by as much as a value may be long, so that none is cut in two. */
export async function* fileBlocks(
  chunks: AsyncIterable<Buffer>,
  memory: BlockMemory,
): AsyncGenerator<FileBlock> {
  let block = memory.take()
  let size = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + blockBytes - size)
      block.set(part, size)
      at += part.length
      size += part.length
      if (size < blockBytes) continue
      const limit = size - longest + 1
      const next = memory.take()
      next.set(block.subarray(limit))
      yield { bytes: block, length: size, limit }
      block = next
      size = longest - 1
    }
  }
  if (size > 0) yield { bytes: block.subarray(0, size), length: size, limit: size }
}
