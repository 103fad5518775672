import { posix } from 'node:path'
import { SandboxError } from '@stuntdouble/sdk/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzz } from '../../../../../../script/lib/fuzz.ts'
import { insidePath } from './inside-path.ts'

test.each([
  ['', '/workspace'],
  ['.', '/workspace'],
  ['a/b', '/workspace/a/b'],
  ['~', '/workspace'],
  ['~/x', '/workspace/x'],
  ['~x', '/workspace/~x'],
  ['/a/../b//c/', '/b/c'],
  ['../../etc', '/etc'],
  ['/../..', '/'],
])('%j is %s', (asked, path) => {
  expect(insidePath(asked)).toBe(path)
})

test('whatever is asked for is one absolute path without dots, or refused by name', async () => {
  const part = fc.constantFrom(
    '..',
    '.',
    '',
    '~',
    '/',
    'a',
    ' ',
    '\0',
    '\n',
    '-rf',
    'ü',
    '\\',
    '%2f',
  )
  await fuzz(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
      const asked = parts.join('/')
      try {
        const path = insidePath(asked)
        expect(path).toBe(posix.normalize(path))
        expect(path.startsWith('/')).toBe(true)
        expect(path.split('/')).not.toContain('..')
        expect(path).not.toContain('\0')
      } catch (cause) {
        if (!(cause instanceof SandboxError)) throw cause
        expect(asked).toContain('\0')
      }
    }),
  )
})
