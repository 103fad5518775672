import { expect, test } from 'vitest'
import { excerpt } from './excerpt.ts'

test('a text that fits is whole', () => {
  expect(excerpt('grüße', 5)).toEqual({ text: 'grüße', omittedBytes: 0 })
})

test('of a longer one the beginning and the end are left, and what is missing is counted in bytes', () => {
  const { text, omittedBytes } = excerpt(`first${'ü'.repeat(100)}last`, 30)

  expect(text).toMatch(/^firstü{5}\n\[… 158 bytes left out …\]\nü{16}last$/)
  expect(omittedBytes).toBe(158)
})

test('no character is cut in two', () => {
  const { text } = excerpt('😀'.repeat(100), 31)

  expect(text.isWellFormed()).toBe(true)
})
