import fc from 'fast-check'
import { expect, test } from 'vitest'
import { elementsOf, rewriteArray } from './array-literal.ts'

test('elements of any text survive quoting', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (elements) => {
      const quoted = elements.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`)
      expect(elementsOf(`{${quoted.join(',')}}`)).toEqual(elements)
    }),
  )
})

test.each(['', 'a', '{', '{a', '{"a}', '{{a}', '}{'])('%j is no array literal', (text) => {
  expect(rewriteArray(text, { delimiter: ',', element: () => 'x' })).toBeUndefined()
})

test('NULL in quotes is a text', () => {
  expect(elementsOf('{NULL,null,"NULL"}')).toEqual(['NULL'])
})

test('boxes are kept apart by semicolons', () => {
  const element = (text: string) => text.replaceAll('1', '7')
  expect(rewriteArray('{(1,2),(3,4);(1,1),(0,0)}', { delimiter: ';', element })).toBe(
    '{"(7,2),(3,4)";"(7,7),(0,0)"}',
  )
})
