import { expect, test } from 'vitest'
import { quoteIdentifier, quoteLiteral, quoteTable } from './identifiers.ts'

test('an identifier cannot leave its quotes', () => {
  expect(quoteIdentifier('x"; DROP TABLE y; --')).toBe('"x""; DROP TABLE y; --"')
  expect(quoteTable({ schema: 'A b', name: 'select' })).toBe('"A b"."select"')
})

test('a literal cannot leave its quotes, whatever standard_conforming_strings says', () => {
  expect(quoteLiteral("it's")).toBe("'it''s'")
  expect(quoteLiteral("\\'; DROP TABLE y; --")).toBe(" E'\\\\''; DROP TABLE y; --'")
})

test('a zero byte is refused', () => {
  expect(() => quoteIdentifier('a\0b')).toThrow(TypeError)
  expect(() => quoteLiteral('a\0b')).toThrow(TypeError)
})
