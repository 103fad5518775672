import { expect, test } from 'vitest'
import { bytesWanted } from './byte-range.ts'

test.each([
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=5-', { first: 5 }],
  ['bytes=-5', { lastBytes: 5 }],
  ['BYTES=1-2', { first: 1, last: 2 }],
])('%s asks for a part', (range, wanted) => {
  expect(bytesWanted({ range })).toEqual(wanted)
})

test.each([
  ...[undefined, 'bytes=-', 'bytes=3-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=0x1-2', 'bytes= 1-2'],
  ...['bytes=-1-2', `bytes=0-${'9'.repeat(16)}`, 'bytes=1;rm -rf /-2'],
])('%s asks for the whole', (range) => {
  expect(bytesWanted(range === undefined ? {} : { range })).toBeUndefined()
})

test('a part that depends on a validator is the whole: there are none', () => {
  expect(bytesWanted({ range: 'bytes=0-1', 'if-range': '"x"' })).toBeUndefined()
})
