import { expect, test } from 'vitest'
import { parseListing } from './listing.ts'

test('entries are told by type, size and time, in the order of their names', () => {
  const output =
    'f\t12\t1700000000.5\tb.txt\0d\t4096\t1700000000.0\ta\0l\t3\t1.0\tlink\0p\t0\t1.0\tpipe\0'

  expect(parseListing('/workspace', output)).toMatchObject([
    { name: 'a', path: '/workspace/a', type: 'directory' },
    { name: 'b.txt', size: 12, type: 'file', modifiedAt: '2023-11-14T22:13:20.500Z' },
    { name: 'link', type: 'symlink' },
    { name: 'pipe', type: 'other' },
  ])
})

test.each(['two\nlines', 'a\ttab', '\t', ' ', '…'])('a name may be %j', (name) => {
  expect(parseListing('/d', `f\t0\t1.0\t${name}\0`)).toMatchObject([{ name, path: `/d/${name}` }])
})

test('an empty directory has no entries', () => {
  expect(parseListing('/d', '')).toEqual([])
})
