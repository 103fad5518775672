import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fileBlocks } from '../snapshots/leak-check/file-blocks.ts'
import { BlockMemory } from '../snapshots/threads/block-memory.ts'
import { FingerprintSearch } from './fingerprint-search.ts'
import { Fingerprints } from './fingerprint-set.ts'
import { pinsOf } from './pins.ts'
import type { Entry } from './slots.ts'

const search = (values: Fingerprints, bytes: Uint8Array, onHit: (entry: Entry) => void) =>
  new FingerprintSearch(values.shared).search(bytes, onHit)

const found = (values: Fingerprints, text: string) => {
  const labels: number[] = []
  search(values, Buffer.from(text), (entry) => labels.push(values.label(entry)))
  return labels
}

const holding = (...texts: string[]) => {
  const values = new Fingerprints({ capacity: 1000 })
  texts.forEach((text, index) => {
    values.add(Buffer.from(text), index)
  })
  return values
}

test('a value is found wherever it stands', () => {
  const values = holding('mary@example.org')

  expect(found(values, 'mary@example.org')).toEqual([0])
  expect(found(values, '..mary@example.org..')).toEqual([0])
  expect(found(values, 'two: mary@example.org mary@example.org')).toEqual([0, 0])
})

test('a value is found in either case', () => {
  expect(found(holding('Mary@Example.org'), 'mail to MARY@EXAMPLE.ORG.')).toEqual([0])
})

test('what only begins like a value is not found', () => {
  expect(found(holding('mary@example.org'), 'mary@example.net mary@exampl')).toEqual([])
})

test('values that begin alike are told apart', () => {
  const values = holding('https://a.example/one', 'https://a.example/other')

  expect(found(values, 'see https://a.example/other')).toEqual([1])
})

test('a long value is known by its beginning', () => {
  const long = 'a sentence that somebody wrote into a ticket about the thing that broke, and more'

  expect(found(holding(long), `[${long.slice(0, 70)}]`)).toEqual([0])
})

test('a value too short to say anything is not kept', () => {
  expect(holding('Smith').size).toBe(0)
})

test('a value in any bytes is found, wherever a block of its file ends', async () => {
  const secrets = fc.uint8Array({ minLength: 6, maxLength: 90 })
  const input = fc.record({ secret: secrets, before: fc.nat({ max: 400_000 }), after: fc.nat(99) })

  await fc.assert(
    fc.asyncProperty(input, async ({ secret, before, after }) => {
      const values = new Fingerprints({ capacity: 10 })
      values.add(secret, 7)
      const finder = new FingerprintSearch(values.shared)
      let hits = 0
      const memory = new BlockMemory()
      const file = [Buffer.alloc(before), Buffer.from(secret), Buffer.alloc(after)]
      for await (const { bytes, limit } of fileBlocks(Readable.from(file), memory)) {
        finder.search(bytes, () => hits++, limit)
      }
      return hits >= 1
    }),
    { examples: [[{ secret: Buffer.from('mary@example.org'), before: 262_140, after: 9 }]] },
  )
})

test('no value is found in bytes that do not hold it', () => {
  const values = new Fingerprints({ capacity: 20_000 })
  for (let index = 0; index < 20_000; index++)
    values.add(Buffer.from(`user-${index}@shop.example`), 0)
  const others = Array.from({ length: 20_000 }, (_, index) => `user-${index}@else.example`).join(
    '\n',
  )

  expect(found(values, others)).toEqual([])
})

test('beyond its capacity the set keeps a sample and says how large', () => {
  const values = new Fingerprints({ capacity: 500 })
  for (let index = 0; index < 4000; index++)
    values.add(Buffer.from(`person-${index}@example.org`), 0)
  const text = Array.from({ length: 4000 }, (_, index) => `person-${index}@example.org`).join(' ')

  expect(values.size).toBeLessThanOrEqual(500)
  expect(values.sampledOneIn).toBeGreaterThanOrEqual(8)
  expect(found(values, text).length).toBe(values.size)
})

test('how often a value came is counted', () => {
  const values = holding('mary@example.org', 'mary@example.org', 'john@example.org')
  const counts: number[] = []
  search(values, Buffer.from('mary@example.org'), (entry) => counts.push(values.count(entry)))

  expect(counts).toEqual([2])
})

describe('a pin', () => {
  const key = Buffer.alloc(32, 1)
  const people = Array.from({ length: 4000 }, (_, index) => `person-${index}@example.org`)
  const pinned = Array.from({ length: 50 }, (_, index) => `production-secret-${100 + index}`)
  const pinning = () => {
    const pins = pinsOf(
      pinned.map((text) => Buffer.from(text)),
      key,
    )
    const values = new Fingerprints({ capacity: 100, pins, firstPin: 1000 })
    for (const person of people) values.add(Buffer.from(person), 0)
    return values
  }

  test('is found however few of all values are', () => {
    const values = pinning()

    expect(values.sampledOneIn).toBeGreaterThanOrEqual(32)
    expect(values.size).toBeLessThanOrEqual(100)
    expect(found(values, pinned.join(' '))).toEqual(pinned.map((_, place) => 1000 + place))
    expect(found(values, people.join(' ')).length).toBe(values.size)
  })

  test('stays one when it is added as a value as well', () => {
    const values = pinning()
    values.add(Buffer.from('production-secret-107'), 3)

    expect(found(values, 'production-secret-107')).toEqual([1007])
  })

  test('is not taken for one by its hashes alone', () => {
    const { pins, ...shared } = pinning().shared
    const hits = (with_: typeof pins) => {
      let count = 0
      const search = new FingerprintSearch({ ...shared, pins: with_ })
      search.search(Buffer.from('a production-secret-107'), () => count++)
      return count
    }

    expect(hits(pins)).toBe(1)
    expect(hits(pins && { ...pins, key: Buffer.alloc(32, 2) })).toBe(0)
  })
})
