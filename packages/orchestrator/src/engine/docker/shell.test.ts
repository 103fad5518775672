import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quote } from './shell.ts'

test('any text is one word for the shell, and nothing in it is obeyed', () => {
  const words = fc.array(
    fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
    {
      minLength: 30,
      maxLength: 100,
    },
  )
  fc.assert(
    fc.property(words, (list) => {
      const script = `printf '%s\\0' ${list.map(quote).join(' ')}`
      const output = execFileSync('sh', ['-c', script]).toString()
      expect(output.split('\0').slice(0, -1)).toEqual(
        list.map((word) => Buffer.from(word).toString()),
      )
    }),
    { numRuns: 8 },
  )
})

test.each(["'", "'; rm -rf /; '", '$(id)', '`id`', '\\', '\n', ''])('%j stays as it is', (word) => {
  expect(execFileSync('sh', ['-c', `printf %s ${quote(word)}`]).toString()).toBe(word)
})

test('a zero byte is refused', () => {
  expect(() => quote('a\0b')).toThrow('zero byte')
})
