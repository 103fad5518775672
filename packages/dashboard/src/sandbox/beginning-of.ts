/** So many bytes of a stream at most; the rest is not fetched. */
export async function beginningOf(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array> {
  const beginning = new Uint8Array(limit)
  const reader = body.getReader()
  let size = 0
  while (size < limit) {
    const { value, done } = await reader.read()
    if (done) break
    const part = value.subarray(0, limit - size)
    beginning.set(part, size)
    size += part.length
  }
  await reader.cancel()
  return beginning.subarray(0, size)
}
