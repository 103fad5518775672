import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteSink } from '../copy-text/byte-sink.ts'
import { column } from '../fixtures/shapes.ts'
import { keysFrom } from '../prf/keys.ts'
import type { ColumnShape, Strategy } from '../shapes.ts'
import { columnMask } from './column-mask.ts'
import { rewriteHstore } from './hstore-tokens.ts'
import { latin1Of, sliceOf } from './mask.ts'
import { rewriteRecord } from './record-literal.ts'
import { shifted } from './shift.ts'

const keys = keysFrom(Buffer.alloc(32, 9))

function masker(shape: ColumnShape, strategy: Strategy, unique = false) {
  const room = { maxLength: shape.element?.maxLength ?? shape.maxLength ?? 1e9, unique }
  const mask = columnMask(strategy, { column: shape, keys, room })
  const sink = new ByteSink()
  return (text: string): string => {
    mask(sliceOf(text), sink)
    return sink.take().toString()
  }
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 12 })
const latin1 = (text: string) => latin1Of(sliceOf(text))

describe('a composite’s literal', () => {
  const field = fc.option(anyText.map(latin1), { nil: undefined })
  const written = (fields: readonly (string | undefined)[]) =>
    rewriteRecord(`(${fields.map(() => '').join(',')})`, (_, index) => fields[index])

  test('reads back as it was written, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 5 }), (fields) => {
        const read: (string | undefined)[] = []
        rewriteRecord(written(fields) ?? '', (text) => {
          read.push(text)
          return text
        })
        expect(read).toEqual(fields)
      }),
    )
  })

  test('that is none is told apart', () => {
    for (const text of ['', '(', '(a', 'a)', '(a"b', '(a)b', '("a)'])
      expect(rewriteRecord(text, () => 'x')).toBeUndefined()
  })

  test('is masked field by field, and what no path speaks of by its type', () => {
    const fields = [
      column('street'),
      column('floor', { baseType: 'integer', category: 'number' }),
      column('thing', { baseType: 'public.thing', category: 'other' }),
    ]
    const shape = column('home', { baseType: 'public.home', category: 'composite', fields })
    const mask = masker(shape, { name: 'json', paths: {} })
    expect(mask('("Elm ""Street"", 1",3,x)')).toMatch(
      /^\("[A-Z][a-z]{2} ""[A-Z][a-z]{5}"", \d",3,\)$/,
    )
    expect(mask('no literal')).not.toContain('literal')
  })
})

describe('an hstore', () => {
  test('keeps its keys and NULLs, and none of its values', () => {
    const shape = column('more', { baseType: 'hstore', category: 'json' })
    const mask = masker(shape, { name: 'json', paths: { '$.kept': 'keep', '$.tel': 'phone' } })
    expect(mask('"kept"=>"a \\"b\\"", "none"=>NULL, "tel"=>"+49 30 12", "note"=>"Jane"')).toMatch(
      /^"kept"=>"a \\"b\\"", "none"=>NULL, "tel"=>"\+\d\d \d\d \d\d", "note"=>"[A-Z][a-z]{3}"$/,
    )
  })

  test('comes through as it was where all of it is kept', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyText, { maxLength: 4 }), anyText, (names, value) => {
        const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
        const text = names.map((name) => `${quoted(name)}=>${quoted(value)}`).join(', ')
        const same = rewriteHstore(text, { leaf: ({ raw }) => raw, key: (raw) => raw })
        expect(same).toBe(text)
      }),
    )
  })
})

describe('a path of labels', () => {
  const mask = masker(column('path', { baseType: 'ltree', category: 'other' }), { name: 'text' })
  const label = fc.stringMatching(/^[A-Za-z0-9_]{1,10}$/)

  test('stays below its ancestors, and apart from all others', () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), label, (labels, more) => {
        const [above, below] = [mask(labels.join('.')), mask([...labels, more].join('.'))]
        expect(below.startsWith(`${above}.`)).toBe(true)
        expect(above).toMatch(/^[a-z]+_[0-9a-z]{13}(?:\.[a-z]+_[0-9a-z]{13})*$/)
      }),
    )
  })
})

describe('dates that are shifted together', () => {
  const date = fc.date({
    min: new Date('1002-01-02'),
    max: new Date('8000-01-01'),
    noInvalidDate: true,
  })
  const moment = date.map((at) => at.toISOString().slice(0, 19).replace('T', ' '))
  const shift = fc.record({
    days: fc.integer({ min: -366, max: 366 }),
    seconds: fc.nat(86_399),
  })

  test('keep their order and what lies between', () => {
    fc.assert(
      fc.property(moment, moment, shift, (one, other, by) => {
        const between = (a: string, b: string) => Date.parse(`${a}Z`) - Date.parse(`${b}Z`)
        expect(between(shifted(one, by), shifted(other, by))).toBe(between(one, other))
      }),
    )
  })

  test('leave infinity, marks and the time before our era', () => {
    for (const text of ['infinity', '0044-03-15 BC', '0001-01-01', '9999-12-31', 'empty', '(,)'])
      expect(shifted(text, { days: 5, seconds: 5 })).toBe(text)
  })

  test('move both ends of a range, also of several', () => {
    const by = { days: 1, seconds: 3600 }
    expect(shifted('{["2024-02-28 23:30:00.25","2024-03-01 00:00:00"),[2024-12-31,)}', by)).toBe(
      '{["2024-03-01 00:30:00.25","2024-03-02 01:00:00"),[2025-01-01,)}',
    )
  })
})

describe('an array', () => {
  const text = column('', { maxLength: 14 })
  const shape = column('a', { baseType: 'text[]', category: 'array', element: text })

  test('keeps its elements within their length, and apart where it is unique', () => {
    const mask = masker(shape, { name: 'username' }, true)
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 6 }), (names) => {
        const masked = mask(`{${names.join(',')}}`)
          .slice(1, -1)
          .split(',')
          .filter(Boolean)
        expect(new Set(masked).size).toBe(names.length)
        for (const element of masked) expect(element.length).toBeLessThanOrEqual(16)
      }),
    )
  })
})
