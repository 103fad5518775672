/** As much as tells the kind of a content by its beginning. */
export const headBytes = 512

export interface Peeked {
  /** Its first `headBytes` or more; all of it where it is shorter. */
  readonly head: Buffer
  /** From its beginning on. */
  readonly whole: AsyncIterable<Buffer>
}

/** Looks at how a content begins before it is read. */
export async function peek(content: AsyncIterable<Buffer>): Promise<Peeked> {
  const chunks = content[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < headBytes) {
    const { value, done } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  return { head, whole: following(head, chunks) }
}

async function* following(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
