import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tornAtEnd } from './output-page.ts'

test('text cut anywhere loses nothing but the character that was cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
      const bytes = Buffer.from(text)
      const part = bytes.subarray(0, bytes.length === 0 ? 0 : at % bytes.length)
      const whole = part.subarray(0, part.length - tornAtEnd(part))

      expect(bytes.toString().startsWith(whole.toString())).toBe(true)
      expect(part.length - whole.length).toBeLessThan(4)
    }),
  )
})

test('what is no text is not waited for', () => {
  expect(tornAtEnd(Buffer.from([0x80, 0x80, 0x80, 0x80]))).toBe(0)
  expect(tornAtEnd(Buffer.from('ok'))).toBe(0)
  expect(tornAtEnd(Buffer.from([0x61, 0xe2, 0x82]))).toBe(2)
})
