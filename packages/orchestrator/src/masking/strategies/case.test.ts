import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textMasker } from '../fixtures/mask-value.ts'

const address = fc.stringMatching(/^[A-Za-z]{1,10}@[A-Za-z]{1,10}\.(?:de|COM)$/)

describe('e-mail addresses that differ in case alone', () => {
  test('stay equal without regard to case, and different with', () => {
    const mask = textMasker('email')
    fc.assert(
      fc.property(address, (text) => {
        const [masked, lower] = [mask(text), mask(text.toLowerCase())]
        expect(masked.toLowerCase()).toBe(lower)
        expect(masked === lower).toBe(text === text.toLowerCase())
      }),
    )
  })

  test('are short where there is no room', () => {
    const mask = textMasker('email', { maxLength: 20 })
    fc.assert(
      fc.property(address, (text) => {
        expect(mask(text).length).toBeLessThanOrEqual(20)
      }),
    )
  })
})
