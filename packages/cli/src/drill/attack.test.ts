import { expect, test } from 'vitest'
import { judge, quoted } from './attack.ts'

test('held is what was tried with working tools and to the end', () => {
  expect(judge('CONTROL\nrefused\nENDED\n')).toEqual({ outcome: 'held', said: '' })
})

test.each([
  ['ENDED\n', 'its own tools do not work here'],
  ['CONTROL\n', 'it did not come to its end'],
  ['SKIP no database in this sandbox\nENDED\n', 'no database in this sandbox'],
  ['', 'its own tools do not work here'],
])('%j was not tried', (output, said) => {
  expect(judge(output)).toEqual({ outcome: 'not tried', said })
})

test('one success counts, whatever else was said, and is told once', () => {
  expect(judge('WON root\nWON root\nWON a mount\n')).toEqual({
    outcome: 'through',
    said: 'root; a mount',
  })
})

test('a word of bash is one word', () => {
  expect(quoted("it's $(id)")).toBe(`'it'\\''s $(id)'`)
})
