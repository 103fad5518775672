import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SipHash } from './siphash.ts'

const referenceKey = Uint8Array.from({ length: 16 }, (_, index) => index)

/** The first digests of the reference implementation’s table: of the inputs 00, 00 01, 00 01 02 … */
const reference = [
  '310e0edd47db6f72',
  'fd67dc93c539f874',
  '5a4fa9d909806c0d',
  '2d7efbd796666785',
  'b7877127e09427cf',
  '8da699cd64557618',
  'cee3fe586e46c9cb',
  '37d1018bf50002ab',
  '6224939a79f5f593',
]

describe('SipHash', () => {
  test.each(reference.map((digest, length) => ({ digest, length })))(
    'of $length bytes is the reference digest',
    ({ digest, length }) => {
      expect(hexOf(referenceKey, referenceKey.subarray(0, length))).toBe(digest)
    },
  )

  test('of the paper’s example is the paper’s digest', () => {
    expect(hexOf(referenceKey, referenceKey.subarray(0, 15))).toBe('e545be4961ca29a1')
  })

  test('agrees with the definition in 64-bit arithmetic, for every key and input', () => {
    const key = fc.uint8Array({ minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(key, fc.uint8Array({ maxLength: 70 }), (bytes, input) => {
        expect(hexOf(bytes, input)).toBe(definition(bytes, input))
      }),
    )
  })

  test('reads only the slice it is given', () => {
    const hash = new SipHash(referenceKey)
    hash.hash({ bytes: Uint8Array.of(9, 9, 0, 1, 2, 9), start: 2, end: 5 })
    expect(digestOf(hash)).toBe(reference[3])
  })

  test('refuses a key of another length', () => {
    expect(() => new SipHash(new Uint8Array(15))).toThrow(RangeError)
  })
})

function hexOf(key: Uint8Array, input: Uint8Array): string {
  const hash = new SipHash(key)
  hash.hash({ bytes: input, start: 0, end: input.length })
  return digestOf(hash)
}

function digestOf(hash: SipHash): string {
  const digest = Buffer.alloc(8)
  digest.writeInt32LE(hash.low, 0)
  digest.writeInt32LE(hash.high, 4)
  return digest.toString('hex')
}

function definition(key: Uint8Array, input: Uint8Array): string {
  const mask = (1n << 64n) - 1n
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & mask
  const keyView = Buffer.from(key)
  const [k0, k1] = [keyView.readBigUInt64LE(0), keyView.readBigUInt64LE(8)]
  let [v0, v1] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn]
  let [v2, v3] = [k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n]
  const round = () => {
    v0 = (v0 + v1) & mask
    v1 = rotate(v1, 13n) ^ v0
    v0 = rotate(v0, 32n)
    v2 = (v2 + v3) & mask
    v3 = rotate(v3, 16n) ^ v2
    v0 = (v0 + v3) & mask
    v3 = rotate(v3, 21n) ^ v0
    v2 = (v2 + v1) & mask
    v1 = rotate(v1, 17n) ^ v2
    v2 = rotate(v2, 32n)
  }
  const padded = Buffer.alloc(Math.floor(input.length / 8) * 8 + 8)
  padded.set(input)
  padded[padded.length - 1] = input.length & 0xff
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at)
    v3 ^= word
    round()
    round()
    v0 ^= word
  }
  v2 ^= 0xffn
  for (let count = 0; count < 4; count++) round()
  const digest = Buffer.alloc(8)
  digest.writeBigUInt64LE(v0 ^ v1 ^ v2 ^ v3)
  return digest.toString('hex')
}
