import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byteMasker, sliceMasker, textMasker } from '../fixtures/mask-value.ts'
import { isMasked } from '../policy/names.ts'
import { strategyNames } from '../shapes.ts'

const masking = strategyNames.filter((name) => isMasked({ name }) && name !== 'null')
const wording = masking.filter((name) => !['bytes', 'json', 'ip', 'date'].includes(name))
const injective = masking.filter((name) => name !== 'json')
const few = { minLength: 1, maxLength: 6 }
const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 60 })
const anyText = fc
  .oneof(fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: 'grapheme', maxLength: 40 }))
  .filter((text) => text !== '')
const letters = fc.string({ minLength: 4, maxLength: 30, unit: fc.constantFrom(...'abcXYZéЖ中') })

describe.each(masking)('%s', (name) => {
  test('answers the same value alike, whatever came between', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (value, other) => {
        const mask = byteMasker(name)
        const first = mask(value)
        mask(other)
        expect(mask(value)).toEqual(first)
        expect(byteMasker(name)(value)).toEqual(first)
      }),
    )
  })

  test('takes any bytes, and reads none beyond its slice', () => {
    const mask = byteMasker(name)
    const inRow = sliceMasker(name)
    // Mostly without the figures and letters that most values have.
    const value = fc.oneof(anyBytes, fc.array(fc.constantFrom(...Buffer.from('+-(). /:0a')), few))
    const around = fc.array(fc.constantFrom(...Buffer.from('\t0\n1a@{"')), few)
    fc.assert(
      fc.property(value, around, around, (bytes, before, behind) => {
        const row = Uint8Array.of(...before, ...bytes, ...behind)
        const slice = { start: before.length, end: before.length + bytes.length }
        expect(inRow({ bytes: row, ...slice })).toEqual(mask(Uint8Array.from(bytes)))
      }),
      { numRuns: 500 },
    )
  })

  test('never repeats a value that has four letters', () => {
    const mask = textMasker(name)
    fc.assert(fc.property(letters, (value) => void expect(mask(value)).not.toBe(value)))
  })

  test('depends on the key', () => {
    const value =
      name === 'ip' ? '10.20.30.40' : name === 'date' ? '1980-05-17' : '4711 Musterfrau 99'
    const results = [1, 2, 3, 4].map((key) => textMasker(name, { key })(value))
    expect(new Set(results).size).toBeGreaterThan(1)
  })
})

describe.each(wording)('%s', (name) => {
  test('fits into the length that the column has', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 30 }), (value, spare) => {
        const characters = [...value].length
        const maxLength = characters + spare
        expect([...textMasker(name, { maxLength })(value)].length).toBeLessThanOrEqual(maxLength)
      }),
    )
  })

  test('fits into a unique column that is long enough', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 20, max: 60 }), (value, room) => {
        const maxLength = Math.max(room, [...value].length)
        const mask = textMasker(name, { maxLength, unique: true })
        expect([...mask(value)].length).toBeLessThanOrEqual(maxLength)
      }),
    )
  })
})

describe.each(injective)('%s in a unique column', (name) => {
  test('keeps different values different', () => {
    const mask = textMasker(name, { unique: true, maxLength: 200 })
    const values = fc.uniqueArray(anyText, { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(values, (distinct) => {
        expect(new Set(distinct.map(mask)).size).toBe(distinct.length)
      }),
    )
  })

  test('keeps ten thousand neighbours apart', () => {
    const mask = textMasker(name, { unique: true })
    const make = { ip: ipOf, date: dateOf, uuid: uuidOf }[name as string] ?? String
    const values = Array.from({ length: 10_000 }, (_, index) => make(index + 1000))
    expect(new Set(values.map(mask)).size).toBe(values.length)
  })
})

const ipOf = (index: number) => `10.0.${index >> 8}.${index & 255}`
const dateOf = (index: number) => new Date(index * 86_400_000).toISOString().slice(0, 10)
const uuidOf = (index: number) => `123e4567-e89b-42d3-a456-${String(index).padStart(12, '0')}`
