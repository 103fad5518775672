import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowSet } from './row-set.ts'

test('a set of rows holds each once, ascending, and tells which were new', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(40))), (groups) => {
      const set = new RowSet()
      const known = new Set<number>()
      for (const group of groups) {
        const fresh = set.add(Float64Array.from(group))
        expect([...fresh]).toEqual([...new Set(group)].filter((row) => !known.has(row)).sort(up))
        for (const row of group) known.add(row)
      }
      expect([...set.rows]).toEqual([...known].sort(up))
    }),
  )
})

const up = (left: number, right: number) => left - right

test('rows of the last page of the largest table are kept apart', () => {
  const set = new RowSet()
  const last = 2 ** 48 - 1

  set.add(Float64Array.of(last, last - 1, last - 65_536))
  expect([...set.rows]).toEqual([last - 65_536, last - 1, last])
})
