import { expect, test } from 'vitest'
import { composite, summaryOf } from './time-to-interactive.ts'

const all = (count: number, ttiMs: number | null) =>
  Array.from({ length: count }, () => ({ ttiMs }))

test('a score is of time, and of how many succeeded', () => {
  expect(composite(all(20, 200))).toBeCloseTo(98)
  expect(composite([...all(10, 200), ...all(10, null)])).toBeCloseTo(49)
  expect(composite(all(5, 20_000))).toBe(0)
  expect(composite(all(5, null))).toBe(0)
})

test('the fastest and the slowest twentieth do not count', () => {
  expect(composite([...all(19, 1_000), ...all(1, 9_999)])).toBeCloseTo(90)
})

test('what failed has no time', () => {
  expect(summaryOf([...all(3, 100), ...all(1, null)])).toEqual({
    ...{ median: 100, p95: 100, p99: 100, failed: 1 },
  })
})
