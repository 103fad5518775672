/** Fails a stream that is too long, before more of it is passed on. */
export function bounded(limitBytes: number, tooLong: () => Error) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > limitBytes) throw tooLong()
      yield chunk
    }
  }
}
