import { expect, test } from 'vitest'
import { median, percentile } from './statistics.ts'

test('a percentile is one of the samples', () => {
  expect(median([30, 10, 20])).toBe(20)
  expect(percentile([10, 20, 30, 40], 99)).toBe(40)
  expect(percentile([10, 20, 30, 40], 25)).toBe(10)
  expect(median([7])).toBe(7)
})

test('nothing measured is an error, not a zero', () => {
  expect(() => median([])).toThrow('no samples')
})
