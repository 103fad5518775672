import { expect, test } from 'vitest'
import { countsOf } from './collation-weights.ts'

const weighed = (weights: Readonly<Record<string, string>>) =>
  Object.entries(weights).map(([character, weight]) => ({
    code: String(character.codePointAt(0)),
    weight,
  }))

test('a character counts as the plainest of those that weigh the same', () => {
  const counts = countsOf(weighed({ a: '41', A: '41', Á: '41', á: '41', Ж: '99', ж: '99' }), [])

  expect(Object.fromEntries(counts)).toEqual({ A: 'a', Á: 'a', á: 'a', Ж: 'ж' })
})

test('one that weighs as much as several counts as those', () => {
  const letters = { a: '0E33', f: '0EB9', i: '0EFB', ﬁ: '0EB90EFB', '\u200d': '' }

  expect(Object.fromEntries(countsOf(weighed(letters), []))).toEqual({ ﬁ: 'fi', '\u200d': '' })
})

test('also where accents are weighed after all letters', () => {
  const letters = {
    a: '20750020',
    i: '21670020',
    v: '23310020',
    ⅷ: '23312167216721670020002000200020',
  }

  expect(Object.fromEntries(countsOf(weighed(letters), []))).toEqual({ ⅷ: 'viii' })
})

test('one that weighs as much as a pair of letters counts as the first such pair', () => {
  const pairs = [
    { pair: 'ii', weight: '106D' },
    { pair: 'ij', weight: '106D' },
  ]

  expect(Object.fromEntries(countsOf(weighed({ a: '0E33', å: '106D' }), pairs))).toEqual({
    å: 'ii',
  })
})
