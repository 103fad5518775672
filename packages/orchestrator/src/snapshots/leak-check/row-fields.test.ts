import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CopyFields } from './copy-fields.ts'
import { RowFields } from './row-fields.ts'

test('a place is found in the field and column that it lies in', () => {
  const rows = Buffer.from('1\tann\n22\t\n')
  const fields = new RowFields(rows)
  const at = (place: number) => {
    const { column, start, end } = fields.at(place)
    return [column, rows.toString('latin1', start, end)]
  }

  expect(at(0)).toEqual([0, '1'])
  expect(at(2)).toEqual([1, 'ann'])
  expect(at(4)).toEqual([1, 'ann'])
  expect(at(7)).toEqual([0, '22'])
  expect(at(9)).toEqual([1, ''])
})

test('every place of any rows is found where cutting them up finds it', () => {
  const value = fc.string({ unit: fc.constantFrom('a', 'b', '\\t', '\\n', '\\\\') })
  const table = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 8 })

  fc.assert(
    fc.property(table, (values) => {
      const rows = Buffer.from(values.map((row) => `${row.join('\t')}\n`).join(''))
      const cut: [number, string][] = []
      const whole = new CopyFields([true, true, true], (column, field) =>
        cut.push([column, field.toString()]),
      )
      whole.push(rows)
      const found: number[] = []
      const fields = new RowFields(rows)
      for (let place = 0; place < rows.length; place++) {
        const { column, start } = fields.at(place)
        if (start === place) found.push(column)
      }
      expect(found).toEqual(cut.map(([column]) => column))
    }),
  )
})
