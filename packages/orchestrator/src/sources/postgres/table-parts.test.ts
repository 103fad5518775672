import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Session } from './session.ts'
import { cutPages, tableParts } from './table-parts.ts'

const table = { schema: 'public', name: 'event' }

test('parts follow on each other, from the first page to an open end', () => {
  const input = fc.record({
    pages: fc.nat({ max: 10_000_000 }),
    most: fc.integer({ min: 1, max: 16 }),
  })

  fc.assert(
    fc.property(input, ({ pages, most }) => {
      const parts = cutPages(table, pages, most)
      expect(parts.length).toBeLessThanOrEqual(most)
      fc.pre(parts.length > 1)
      expect(parts[0]?.pages?.from).toBe(0)
      expect(parts.at(-1)?.pages?.to).toBeNull()
      for (const [index, { pages: stretch }] of parts.slice(1).entries())
        expect(stretch?.from).toBe(parts[index]?.pages?.to)
    }),
  )
})

test('a small table stays whole', () => {
  expect(cutPages(table, 16_383, 4)).toEqual([table])
  expect(cutPages(table, 16_384, 4)).toHaveLength(2)
})

test('a server that cannot find a row by its page keeps its tables whole, and is not asked', async () => {
  const unasked = {} as Session

  expect(await tableParts(unasked, table, { version: 13, most: 4 })).toEqual([table])
})
