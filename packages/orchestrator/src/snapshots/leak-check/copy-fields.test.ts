import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CopyFields } from './copy-fields.ts'

function cut(text: string, wanted: boolean[], sizes: readonly number[] = [text.length]) {
  const fields: [number, string][] = []
  const cutter = new CopyFields(wanted, (column, value) => fields.push([column, value.toString()]))
  const bytes = Buffer.from(text)
  let start = 0
  for (const size of sizes) {
    cutter.push(bytes.subarray(start, start + size))
    start += size
  }
  cutter.push(bytes.subarray(start))
  return { fields, rows: cutter.rows }
}

test('only the wanted columns are reported', () => {
  expect(cut('1\tann\tx\n2\tbob\ty\n', [false, true, false])).toEqual({
    fields: [
      [1, 'ann'],
      [1, 'bob'],
    ],
    rows: 2,
  })
})

test('escapes are undone and NULL is not reported', () => {
  const { fields } = cut('a\\tb\\\\c\\nd\t\\N\t\\\\N\n', [true, true, true])

  expect(fields).toEqual([
    [0, 'a\tb\\c\nd'],
    [2, '\\N'],
  ])
})

test('any chunking gives the same fields', () => {
  const text = 'ann\ta\\tb\\\\\n\\N\tü€😀\n\t\n'
  const whole = cut(text, [true, true])

  fc.assert(
    fc.property(fc.array(fc.nat({ max: 9 }), { maxLength: 20 }), (sizes) => {
      expect(cut(text, [true, true], sizes)).toEqual(whole)
    }),
  )
})
