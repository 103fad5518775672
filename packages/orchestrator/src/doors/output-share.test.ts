import { expect, test } from 'vitest'
import { createOutputShares } from './output-share.ts'

test('the commands of one sandbox hold no more together than its share', () => {
  const shares = createOutputShares(100)
  const [first, second] = [shares.open('sb1'), shares.open('sb1')]

  expect([first.take(80), second.take(80), first.take(1)]).toEqual([80, 20, 0])
})

test('another sandbox has a share of its own', () => {
  const shares = createOutputShares(100)
  shares.open('sb1').take(100)

  expect(shares.open('sb2').take(100)).toBe(100)
})

test('what was sent is given back, once', () => {
  const shares = createOutputShares(100)
  const first = shares.open('sb1')
  first.take(100)
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  const second = shares.open('sb1')

  expect([second.take(150), second.take(1)]).toEqual([100, 0])
})
