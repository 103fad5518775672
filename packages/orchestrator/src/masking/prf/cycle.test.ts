import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Cycle } from './cycle.ts'
import { keysFrom } from './keys.ts'

const cycle = () => new Cycle(keysFrom(Buffer.alloc(32, 7))('test'))
const radix = fc.constantFrom(2, 10, 16, 26, 64, 256)

function stepped(symbols: readonly number[], radices: readonly number[]): number[] {
  const bytes = Uint8Array.from(symbols)
  cycle().step(bytes, radices, bytes.length)
  return [...bytes]
}

describe('a keyed cycle', () => {
  test.each([[[10]], [[10, 10]], [[10, 10, 10]], [[3, 7, 5]], [[26, 10, 2, 2]]])(
    'visits every number of radices %j once before it returns',
    (radices) => {
      const size = radices.reduce((product, each) => product * each, 1)
      const symbols = new Uint8Array(radices.length)
      const seen = new Set<string>()
      const walk = cycle()
      for (let count = 0; count < size; count++) {
        walk.step(symbols, radices, radices.length)
        seen.add(symbols.join())
      }
      expect(seen.size).toBe(size)
      expect([...symbols]).toEqual(radices.map(() => 0))
    },
  )

  test('keeps every symbol within its radix and no number in place', () => {
    const shape = fc.array(radix, { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(shape, fc.infiniteStream(fc.nat()), (radices, numbers) => {
        const symbols = radices.map((each) => (numbers.next().value as number) % each)
        const next = stepped(symbols, radices)
        expect(next.every((symbol, index) => symbol < (radices[index] as number))).toBe(true)
        expect(next).not.toEqual(symbols)
      }),
    )
  })

  test('depends on the key', () => {
    const other = new Cycle(keysFrom(Buffer.alloc(32, 8))('test'))
    const symbols = new Uint8Array(12)
    other.step(symbols, new Array(12).fill(10), 12)
    expect([...symbols]).not.toEqual(stepped(new Array(12).fill(0), new Array(12).fill(10)))
  })
})
