import { createHash } from 'node:crypto'
import { ByteSink } from '../copy-text/byte-sink.ts'
import type { SipHash } from '../prf/siphash.ts'
import { everyByte } from './alphabets.ts'
import { latin1Of, type Mask, type MaskContext } from './mask.ts'
import { Scramble } from './scramble.ts'

/** Up to here bytes are permuted, so that nothing collides; beyond, a digest tells them apart. */
const permutedBytes = 32
/** A picture keeps its size up to here: a copy needs a picture’s weight, not all of it. */
const keptBytes = 65_536

/** bytea in the server’s hex form; in its older escape form each byte counts as it is written. */
export function bytesMask({ keys }: MaskContext): Mask {
  const prf = keys('bytes')
  const scramble = new Scramble(prf)
  const scratch = new ByteSink()
  return (value, out) => {
    const source = bytesOf(latin1Of(value))
    if (source.length === 0) return out.ascii('\\x')
    if (source.length <= permutedBytes) {
      scramble.write(
        { bytes: source, start: 0, end: source.length },
        { alphabet: everyByte },
        scratch,
      )
    } else {
      const noise = noiseOf(source, prf)
      scratch.copy(noise, 0, noise.length)
    }
    out.ascii(`\\x${scratch.take().toString('hex')}`)
  }
}

function bytesOf(literal: string): Buffer {
  if (literal.startsWith('\\x')) return Buffer.from(literal.slice(2), 'hex')
  return Buffer.from(literal, 'latin1')
}

/** The source’s SHA-256 through the keyed function, eight bytes at a time, spread by SHAKE-256. */
function noiseOf(source: Buffer, prf: SipHash): Buffer {
  const digest = createHash('sha256').update(source).digest()
  const seed = Buffer.alloc(32)
  for (let word = 0; word < 4; word++) {
    const input = Buffer.concat([digest, Buffer.of(word)])
    prf.hash({ bytes: input, start: 0, end: input.length })
    seed.writeInt32LE(prf.low, word * 8)
    seed.writeInt32LE(prf.high, word * 8 + 4)
  }
  const outputLength = Math.min(source.length, keptBytes)
  return createHash('shake256', { outputLength }).update(seed).digest()
}
