import { expect, test } from 'vitest'
import { textMasker } from '../fixtures/mask-value.ts'
import type { StrategyName } from '../shapes.ts'

const numbered = (count: number, write: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => write(number))

/** Every value of a shape: its masked forms are the same ones, in another order. */
const shapes: readonly {
  readonly name: StrategyName
  readonly what: string
  readonly baseType?: string
  readonly values: readonly string[]
}[] = [
  { name: 'number', what: 'one digit', values: numbered(9, (n) => `${n + 1}`) },
  { name: 'number', what: 'two digits', values: numbered(90, (n) => `-${n + 10}`) },
  { name: 'number', what: 'smallint', values: numbered(22_768, (n) => `${n + 10_000}`) },
  { name: 'number', what: 'beyond smallint', values: numbered(67_232, (n) => `${n + 32_768}`) },
  {
    name: 'number',
    what: 'unsigned byte',
    baseType: 'int1',
    values: numbered(128, (n) => `${n + 128}`),
  },
  { name: 'number', what: 'cents', values: numbered(900, (n) => ((n + 100) / 100).toFixed(2)) },
  { name: 'phone', what: 'four digits', values: numbered(9000, (n) => `+${n + 1000}`) },
  {
    name: 'phone',
    what: 'a zero in front',
    values: numbered(1000, (n) => `0${String(n).padStart(3, '0')}`),
  },
  {
    name: 'postcode',
    what: 'four digits',
    values: numbered(10_000, (n) => String(n).padStart(4, '0')),
  },
]

test.each(shapes)('$name permutes all of $what, none in place', ({ name, baseType, values }) => {
  const mask = textMasker(name, baseType === undefined ? {} : { baseType })
  const masked = values.map(mask)
  expect(masked.filter((value, index) => value === values[index])).toEqual([])
  expect([...masked].sort()).toEqual([...values].sort())
})
