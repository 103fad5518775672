import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ring } from './ring.ts'

const mebibyte = 1024 ** 2
const generous = (bytes: number) => bytes
const letters = (length: number, seed: number) =>
  Buffer.from(Array.from({ length }, (_, at) => (at * 31 + seed) % 251))

test('what is kept is always the end of what was written, whatever the pieces', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 300_000 }), (pieces, room) => {
      let left = room
      const ring = new Ring((bytes) => {
        const granted = Math.min(bytes, left)
        left -= granted
        return granted
      })
      const written = Buffer.concat(pieces.map(letters))
      for (const [at, size] of pieces.entries()) ring.append(letters(size, at))

      expect(ring.to).toBe(written.length)
      const { bytes, dropped } = ring.read(0, Number.POSITIVE_INFINITY)
      expect(dropped).toBe(ring.from)
      expect(bytes.equals(written.subarray(ring.from))).toBe(true)
      expect(bytes.length).toBeGreaterThanOrEqual(Math.min(written.length, 16 * 1024))
      expect(bytes.length).toBeLessThanOrEqual(16 * 1024 + room)
    }),
    { numRuns: 60 },
  )
})

test('it grows to a mebibyte and no further', () => {
  const ring = new Ring(generous)
  ring.append(letters(3 * mebibyte, 0))

  expect(ring.to - ring.from).toBe(mebibyte)
})

test('reading behind its end, or before its beginning, moves to where something is', () => {
  const ring = new Ring(() => 0)
  ring.append(letters(20_000, 1))

  expect(ring.read(99_999, 10)).toMatchObject({ offset: 20_000, dropped: 0 })
  expect(ring.read(0, 10)).toMatchObject({ offset: 3616, dropped: 3616 })
})
