import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** The engine's framing of two streams on one connection: type, three zeros, a 32-bit length. */
const headerBytes = 8
const stderrType = 2

export interface Outputs {
  readonly stdout: Writable
  readonly stderr: Writable
  /** From here on nobody is waited for: what a full reader cannot take is dropped. */
  readonly released?: AbortSignal
}

/**
 * Splits a connection into its two streams and waits for whoever is slow, so that an endless writer
 * is stopped in its pipe instead of growing this process. Holds one chunk at a time; a frame is
 * passed on in pieces as it comes. Returns when the connection has ended.
 */
export async function demultiplex(source: Readable, outputs: Outputs): Promise<void> {
  const { stdout, stderr, released = never } = outputs
  const header = Buffer.alloc(headerBytes)
  let headerFilled = 0
  let payloadLeft = 0
  for await (const chunk of chunks(source)) {
    let at = 0
    while (at < chunk.length) {
      if (payloadLeft === 0) {
        const taken = chunk.copy(header, headerFilled, at, at + headerBytes - headerFilled)
        at += taken
        headerFilled = (headerFilled + taken) % headerBytes
        if (headerFilled === 0) payloadLeft = header.readUInt32BE(4)
        continue
      }
      const piece = chunk.subarray(at, at + payloadLeft)
      at += piece.length
      payloadLeft -= piece.length
      await deliver(piece, header[0] === stderrType ? stderr : stdout, released)
    }
  }
}

/** A terminal's output is not framed. */
export async function passOn(
  source: Readable,
  { stdout, released = never }: Outputs,
): Promise<void> {
  for await (const chunk of chunks(source)) await deliver(chunk, stdout, released)
}

const never = new AbortController().signal

const chunks = (source: Readable): AsyncIterable<Buffer> =>
  source.iterator({ destroyOnReturn: false })

/** What a reader who left did not read is dropped, so that the other stream goes on. */
export async function deliver(
  piece: Buffer,
  target: Writable,
  released: AbortSignal,
): Promise<void> {
  if (target.destroyed || (released.aborted && target.writableNeedDrain)) return
  if (target.write(piece) || released.aborted) return
  const settled = new AbortController()
  const signal = AbortSignal.any([settled.signal, released])
  try {
    await Promise.race([once(target, 'drain', { signal }), once(target, 'close', { signal })])
  } catch (cause) {
    if (!released.aborted) throw cause
  } finally {
    settled.abort()
  }
}
