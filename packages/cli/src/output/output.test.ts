import { expect, test } from 'vitest'
import { humanBytes, humanCount, humanSeconds, plural } from './amounts.ts'
import { printable } from './printable.ts'
import { progressText } from './progress-text.ts'
import { table } from './table.ts'

test.each([
  [0.4, '0 s'],
  [59, '59 s'],
  [299.6, '5 min'],
  [3600, '1 h'],
  [5400, '1 h 30 min'],
  [259_200, '3 d'],
  [-5, '0 s'],
])('%d seconds are read as %s', (seconds, text) => {
  expect(humanSeconds(seconds)).toBe(text)
})

test('amounts are rounded for people', () => {
  expect([humanBytes(999), humanBytes(1_500), humanBytes(123_456_789)]).toEqual([
    '999 B',
    '1.5 KB',
    '123 MB',
  ])
  expect(humanCount(1_234_567)).toBe('1 234 567')
  expect([plural(1, 'row'), plural(2, 'row')]).toEqual(['1 row', '2 rows'])
})

test('progress says how far, how fast and how long', () => {
  const report = { phase: 'copy', message: 'Copying public.orders', unit: 'rows' } as const
  const moving = { ...report, done: 50, total: 200, perSecond: 88_000, etaSeconds: 12 }
  expect(progressText(moving)).toBe(
    'Copying public.orders  █████░░░░░░░░░░░░░░░ 25 %  88 000 rows/s  12 s left',
  )
  expect(progressText({ ...report, done: 50, total: null })).toBe('Copying public.orders')
})

test('a table keeps its columns apart, whatever stands in a cell', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['long', 'x'],
        ['s', 'two\nlines'],
      ],
    ),
  ).toBe('A     B\nlong  x\ns     two lines\n')
})

test('what could steer a terminal is shown instead of done', () => {
  expect(printable('a\u001b[2Jb\r\u202ec\nd é 名')).toBe('a\\u{1b}[2Jb\\u{d}\\u{202e}c\nd é 名')
})
