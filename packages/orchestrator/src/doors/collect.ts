import type { Readable } from 'node:stream'
import { pause } from '../lib/every.ts'

export interface Collected {
  /** UTF-8; bytes that are not are shown as U+FFFD. */
  readonly text: string
  readonly truncated: boolean
}

/** What is dropped is read this slowly: a writer without end must not keep everybody's process busy. */
const droppedBytesPerSecond = 32 * 1024 ** 2

/** Reads a stream to its end and keeps of its first `limit` bytes what `take` grants. */
export async function collect(
  stream: Readable,
  limit: number,
  take: (bytes: number) => number = (bytes) => bytes,
): Promise<Collected> {
  const kept: Buffer[] = []
  let room = limit
  let size = 0
  let keptSize = 0
  for await (const chunk of stream) {
    size += chunk.length
    const granted = take(Math.min(chunk.length, room))
    room = granted < chunk.length ? 0 : room - granted
    // A copy: a slice would hold on to the whole chunk it was cut from.
    if (granted > 0)
      kept.push(granted < chunk.length ? Buffer.from(chunk.subarray(0, granted)) : chunk)
    keptSize += granted
    if (granted === 0) await pause((chunk.length / droppedBytesPerSecond) * 1000)
  }
  return { text: Buffer.concat(kept).toString('utf8'), truncated: size > keptSize }
}
