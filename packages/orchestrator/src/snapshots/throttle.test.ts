import { expect, test } from 'vitest'
import { Throttle } from './throttle.ts'

test('streams share a rate', () => {
  let now = 0
  const throttle = new Throttle(1000, () => now)

  expect(throttle.take(500)).toBe(500)
  expect(throttle.take(500)).toBe(1000)
  now = 1000
  expect(throttle.take(100)).toBe(100)
})

test('a pause is not saved up', () => {
  let now = 0
  const throttle = new Throttle(1000, () => now)
  throttle.take(10)
  now = 60_000

  expect(throttle.take(500)).toBe(500)
})

test('without a rate nothing waits', () => {
  expect(new Throttle(undefined, () => 0).take(1e9)).toBe(0)
})
