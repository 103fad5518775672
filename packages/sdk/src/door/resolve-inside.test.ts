import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveInside } from './resolve-inside.ts'

test('a path is resolved as Node resolves it, against /workspace', () => {
  const part = fc.constantFrom('', '.', '..', 'a', 'b c', '...', '-')
  fc.assert(
    fc.property(fc.array(part), fc.boolean(), (parts, absolute) => {
      const path = `${absolute ? '/' : ''}${parts.join('/')}`
      expect(resolveInside(path)).toBe(posix.resolve('/workspace', path))
    }),
  )
})
