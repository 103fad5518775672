import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstCharacters, harmless, lastLines } from './harmless.ts'

test('ordinary text, its lines and other scripts stay as they are', () => {
  const text = 'naïve\tcafé\n東京 🚀 <img src=x onerror=alert(1)>'

  expect(harmless(text)).toBe(text)
})

test('terminal colours and titles are dropped', () => {
  expect(harmless('\u001b[31mred\u001b[0m \u001b]0;owned\u0007done')).toBe('red done')
})

test('characters that reorder or hide text are spelled out', () => {
  expect(harmless('rm \u202egpj.exe')).toBe('rm \\u{202e}gpj.exe')
  expect(harmless('pay\u200bpal \u2066x')).toBe('pay\\u{200b}pal \\u{2066}x')
  expect(harmless('safe\rrm -rf /')).toBe('safe\\u{d}rm -rf /')
})

test('no text keeps a character that could deceive', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(harmless(text)).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}]/u)
    }),
  )
})

test('a hostile unended sequence costs no more than its length', () => {
  const text = '\u001b]'.repeat(50_000)

  expect(harmless(text).length).toBeLessThanOrEqual(text.length)
})

test('output is clipped to its last lines and a command to its first characters', () => {
  expect(lastLines('a\nb\nc\n', 2)).toEqual({ text: 'b\nc', hidden: 1 })
  expect(lastLines('a', 2)).toEqual({ text: 'a', hidden: 0 })
  expect(firstCharacters('abcdef', 4)).toEqual({ text: 'abcd', hidden: 2 })
})
