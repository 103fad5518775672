export interface Beginning {
  readonly held: Buffer
  /** All of it, what is held included; undefined where nothing more follows. */
  readonly rest: AsyncGenerator<Buffer> | undefined
}

/** Reads until `limit` bytes are exceeded or the end. Throws what fails by then; the rest is the caller’s to end. */
export async function beginningOf(
  bytes: AsyncGenerator<Buffer>,
  limit: number,
): Promise<Beginning> {
  const chunks: Buffer[] = []
  for (let length = 0; length <= limit; ) {
    const { value, done } = await bytes.next()
    if (done) return { held: Buffer.concat(chunks), rest: undefined }
    chunks.push(value)
    length += value.length
  }
  const held = Buffer.concat(chunks)
  return { held, rest: continued(held, bytes) }
}

async function* continued(held: Buffer, bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield held
    yield* bytes
  } finally {
    await bytes.return(undefined)
  }
}
