import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathOf } from './unpacking.ts'

test.each([
  '../x',
  'a/../b',
  '/etc/passwd',
  'a//b',
  'a/',
  '',
  '.',
  'a/.',
  'a\0b',
  `a/${'x'.repeat(256)}`,
])('a masked path %j is refused', (path) => {
  expect(() => pathOf(Buffer.from(path))).toThrow('when it is masked')
})

test('a masked path leads nowhere but below its directory', () => {
  const segment = fc.oneof(fc.constantFrom('..', '.', '', '/', 'a', '...'), fc.string())
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      try {
        const path = pathOf(Buffer.from(segments.join('/')))
        expect(new URL(path.replaceAll(/[^./]/g, 'x'), 'file:///below/').pathname).toMatch(
          /^\/below\/./,
        )
      } catch (cause) {
        expect(`${cause}`).toContain('when it is masked')
      }
    }),
  )
})
