import { Readable } from 'node:stream'

export interface Cut {
  /** Up to the separator, without it; undefined when the stream ended or `limit` bytes passed before one. */
  readonly head: string | undefined
  /** What follows, with the stream’s own backpressure. */
  readonly rest: Readable
}

/** Takes the first line off a stream. */
export async function cut(stream: Readable, separator: string, limit: number): Promise<Cut> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  let held: Buffer = Buffer.alloc(0)
  let at = -1
  while (at === -1 && held.length <= limit) {
    const { value } = await chunks.next()
    if (value === undefined) break
    held = Buffer.concat([held, value])
    at = held.indexOf(separator)
  }
  const head = at === -1 ? undefined : held.subarray(0, at).toString('utf8')
  const body = at === -1 ? held : held.subarray(at + separator.length)
  return { head, rest: Readable.from(following(body, chunks), { objectMode: false }) }
}

async function* following(
  first: Buffer,
  chunks: AsyncIterator<Buffer, undefined>,
): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first
    for (;;) {
      const { value } = await chunks.next()
      if (value === undefined) return
      yield value
    }
  } finally {
    await chunks.return?.()
  }
}
