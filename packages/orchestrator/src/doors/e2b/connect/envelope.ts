import { SandboxError } from '@stuntdouble/sdk/errors'

/** Larger messages are refused before they are held. */
export const largestMessageBytes = 4 * 1024 ** 2
const headerBytes = 5
const compressed = 0b01
const endOfStream = 0b10

/** One message of a Connect stream: flags, the length in four bytes, JSON. */
export function envelope(message: object, flags = 0): Buffer {
  const body = Buffer.from(JSON.stringify(message))
  const whole = Buffer.alloc(headerBytes + body.length)
  whole.writeUInt8(flags, 0)
  whole.writeUInt32BE(body.length, 1)
  body.copy(whole, headerBytes)
  return whole
}

/** The last one of a stream: empty, or with what went wrong. */
export const endEnvelope = (error?: object): Buffer => envelope(error ? { error } : {}, endOfStream)

/** The messages of a client’s stream, as they come. Throws `usage` for what is none. */
export async function* envelopesIn(
  body: AsyncIterable<Buffer>,
): AsyncGenerator<unknown, void, undefined> {
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of body) {
    held = Buffer.concat([held, chunk])
    for (let taken = take(held); taken; taken = take(held)) {
      held = taken.rest
      if (taken.isEnd) return
      yield taken.message
    }
  }
  if (held.length > 0) throw tornEnvelope()
}

function take(held: Buffer) {
  if (held.length < headerBytes) return undefined
  const flags = held.readUInt8(0)
  const length = held.readUInt32BE(1)
  if (flags & compressed) throw compressedEnvelope()
  if (length > largestMessageBytes) throw messageTooLarge()
  if (held.length < headerBytes + length) return undefined
  const isEnd = (flags & endOfStream) !== 0
  const text = held.toString('utf8', headerBytes, headerBytes + length)
  return { isEnd, message: isEnd ? {} : parse(text), rest: held.subarray(headerBytes + length) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notJson()
  }
}

const hint = 'This is the Connect protocol with JSON messages, as the e2b package speaks it.'

const tornEnvelope = () =>
  new SandboxError('usage', 'The stream ended in the middle of a message.', { hint })
const notJson = () => new SandboxError('usage', 'A message of the stream is not JSON.', { hint })
const compressedEnvelope = () =>
  new SandboxError('not_implemented', 'Messages are not taken compressed.', { hint })
export const messageTooLarge = () =>
  new SandboxError('capacity', `A message is larger than ${largestMessageBytes} bytes.`, {
    hint: 'Send it in parts, or as a file.',
  })
