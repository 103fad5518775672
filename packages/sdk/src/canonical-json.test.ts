import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('keys are sorted at every depth and nothing stands between them', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'é"\n' })).toBe(
    '{"a":"é\\"\\n","b":[{"c":null,"d":1}]}',
  )
})

test('a member that is undefined is left out, as JSON.stringify leaves it out', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1])('%s is refused', (value) => {
  expect(() => canonicalJson({ value })).toThrow(TypeError)
})

test('any JSON value keeps its meaning, and reading it back gives the same spelling', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(JSON.parse(text))).toBe(text)
    }),
  )
})
