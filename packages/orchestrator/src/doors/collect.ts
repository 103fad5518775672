import type { Readable } from 'node:stream'

export interface Collected {
  /** UTF-8; bytes that are not are shown as U+FFFD. */
  readonly text: string
  readonly truncated: boolean
}

/** Reads a stream to its end and keeps its first `limit` bytes. */
export async function collect(stream: Readable, limit: number): Promise<Collected> {
  const kept: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    const room = limit - Math.min(size, limit)
    if (room > 0) kept.push(chunk.subarray(0, room))
    size += chunk.length
  }
  return { text: Buffer.concat(kept).toString('utf8'), truncated: size > limit }
}
