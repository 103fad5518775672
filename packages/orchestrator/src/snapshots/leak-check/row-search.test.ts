import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FingerprintSearch, Fingerprints } from '../../fingerprints/fingerprints.ts'
import type { ColumnShape } from '../../masking/masking.ts'
import type { AnsweredColumn } from './collector.ts'
import { searchRows } from './row-search.ts'

const column = (name: string, strategy: 'keep' | 'text'): AnsweredColumn => ({
  strategy: { name: strategy },
  shape: {
    ...{
      name,
      type: 'text',
      baseType: 'text',
      category: 'string' satisfies ColumnShape['category'],
    },
    ...{ notNull: false, maxLength: null, generated: false },
  },
})

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\\': '\\\\' }
const written = (value: string | null) =>
  value === null ? '\\N' : value.replaceAll(/[\t\n\\]/g, (byte) => escapes[byte] ?? byte)

const secrets = ['mary@shop.test', 'two\nlines', 'back\\slash', 'tab\tinside', 'secret']

test('in a block of rows exactly those values are found that stand in its fields', () => {
  const values = new Fingerprints({ capacity: 100 })
  for (const secret of secrets) values.add(Buffer.from(secret), 0)
  const search = new FingerprintSearch(values.shared)
  const columns = [column('a', 'text'), column('b', 'keep')]
  const piece = fc.oneof(fc.constantFrom(...secrets, '\\', '\n', 'N'), fc.string({ maxLength: 4 }))
  const value = fc.option(fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')))

  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { maxLength: 6 }), (rows) => {
      const expected: string[] = []
      for (const [at, field] of rows.flatMap((row) => [...row.entries()]))
        search.search(Buffer.from(field ?? ''), (entry) => expected.push(`${at} ${entry}`))
      const text = rows.map((row) => `${row.map(written).join('\t')}\n`).join('')
      const { hits } = searchRows(search, columns, Buffer.from(text))
      const found = Array.from({ length: hits.length / 2 }, (_, pair) =>
        hits.subarray(pair * 2, pair * 2 + 2).join(' '),
      )

      expect(found.toSorted()).toEqual(expected.toSorted())
    }),
    { numRuns: 500 },
  )
})

test('what looks like a person or a secret is told of columns that are kept', () => {
  const key = `sk_live_${'a1'.repeat(10)}`
  const rows = `x@corp.net\ty@corp.net\n\\N\tsee\\n${key}\nz@corp.net ${key}\tnobody@example.com\n`
  const columns = [column('a', 'text'), column('b', 'keep')]
  const { shapes } = searchRows(
    new FingerprintSearch(new Fingerprints({ capacity: 1 }).shared),
    columns,
    Buffer.from(rows),
  )

  expect(shapes).toEqual([
    { column: 'b', what: 'secrets (Stripe key)', times: 1 },
    { column: 'b', what: 'e-mail addresses', times: 1 },
  ])
})
