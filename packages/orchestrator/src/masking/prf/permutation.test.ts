import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keysFrom } from './keys.ts'
import { Permutation } from './permutation.ts'
import { SipHash, type Slice } from './siphash.ts'

const permutation = () => new Permutation(keysFrom(Buffer.alloc(32, 7))('test'))
const radix = fc.constantFrom(2, 10, 16, 26, 64, 256)

function stepped(symbols: readonly number[], radices: readonly number[]): number[] {
  const bytes = Uint8Array.from(symbols)
  permutation().step(bytes, radices, bytes.length)
  return [...bytes]
}

describe('a keyed permutation', () => {
  test.each([[[10]], [[10, 10]], [[10, 10, 10]], [[3, 7, 5]], [[26, 10, 2, 2]]])(
    'visits every number of radices %j once before it returns',
    (radices) => {
      const size = radices.reduce((product, each) => product * each, 1)
      const symbols = new Uint8Array(radices.length)
      const seen = new Set<string>()
      const walk = permutation()
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

  test('of ample space keeps ten thousand neighbours apart, and none in place', () => {
    const radices = new Array<number>(32).fill(16)
    const numbers = Array.from({ length: 10_000 }, (_, number) =>
      Array.from(number.toString(16).padStart(32, '0'), (digit) => Number.parseInt(digit, 16)),
    )
    const next = numbers.map((symbols) => stepped(symbols, radices).join())
    expect(new Set(next).size).toBe(numbers.length)
    expect(next.filter((symbols, index) => symbols === numbers[index]?.join())).toEqual([])
  })

  test.each([
    { space: '2⁶⁴ - 2⁶⁰', radices: [15, ...new Array<number>(15).fill(16)], hashes: 8 },
    { space: '2⁶⁴', radices: new Array<number>(16).fill(16), hashes: 4 },
  ])('of $space numbers takes $hashes rounds', ({ radices, hashes }) => {
    const prf = new CountedHash(new Uint8Array(16))
    new Permutation(prf).step(new Uint8Array(16), radices, 16)
    expect(prf.count).toBe(hashes)
  })

  test('depends on the shape', () => {
    const wide = stepped([0, 0, 0, 0], [10, 10, 10, 10])
    expect(stepped([0, 0, 0, 0], [10, 10, 10, 11])).not.toEqual(wide)
  })

  test('depends on the key', () => {
    const other = new Permutation(keysFrom(Buffer.alloc(32, 8))('test'))
    const symbols = new Uint8Array(12)
    other.step(symbols, new Array(12).fill(10), 12)
    expect([...symbols]).not.toEqual(stepped(new Array(12).fill(0), new Array(12).fill(10)))
  })
})

class CountedHash extends SipHash {
  count = 0

  override hash(input: Slice): void {
    this.count++
    super.hash(input)
  }
}
