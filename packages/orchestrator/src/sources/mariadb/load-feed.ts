import { Transform } from 'node:stream'

const backslash = 0x5c
/** Letters that stand for a byte in COPY text, and for themselves in a LOAD DATA. */
const byteOf = new Map([
  ['v'.charCodeAt(0), 0x0b],
  ['f'.charCodeAt(0), 0x0c],
])

/** The protocol’s packets end at 16 MB. */
const pieceBytes = 1024 * 1024

/** COPY text in; out, in pieces a packet can carry, what LOAD DATA reads the same. */
export function loadFeed(): Transform {
  let escaped = false
  return new Transform({
    // Each piece stays a piece.
    readableObjectMode: true,
    readableHighWaterMark: 2,
    transform(chunk: Buffer, _, done) {
      const told = rewrite(chunk)
      for (let at = 0; at < told.length; at += pieceBytes) {
        this.push(told.subarray(at, at + pieceBytes))
      }
      done()
    },
  })

  /** A backslash may end one chunk and its letter begin the next. */
  function rewrite(chunk: Buffer): Buffer {
    if (!escaped && !chunk.includes(backslash)) return chunk
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let length = 0
    for (const byte of chunk) {
      if (escaped) {
        const meant = byteOf.get(byte)
        if (meant === undefined) out[length++] = backslash
        out[length++] = meant ?? byte
        escaped = false
      } else if (byte === backslash) {
        escaped = true
      } else {
        out[length++] = byte
      }
    }
    return out.subarray(0, length)
  }
}
