import { expect, test } from 'vitest'
import { formatBytes, formatCount, plural } from './quantity.ts'

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [187_400_000, '179 MiB'],
  [2_576_980_378, '2.4 GiB'],
  [2 ** 51, '2048 TiB'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('counts are grouped and nouns agree', () => {
  expect(formatCount(204_318)).toBe('204,318')
  expect(plural(1, 'finding')).toBe('1 finding')
  expect(plural(0, 'finding')).toBe('0 findings')
})
