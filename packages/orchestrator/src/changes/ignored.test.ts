import { expect, test } from 'vitest'
import { createIgnoreRules } from './ignored.ts'

const rules = createIgnoreRules(
  new Map([
    ['.gitignore', 'dist/\n*.log\n!keep.log\n'],
    ['sub/.gitignore', '/local\n'],
  ]),
  new Set(['tracked.log', 'dist/tracked']),
)

test.each([
  ['src/a.ts', undefined],
  ['dist/deep/o', 'dist/'],
  ['a/dist/o', 'a/dist/'],
  ['x.log', 'x.log'],
  ['keep.log', undefined],
  ['tracked.log', undefined],
  ['dist/tracked', undefined],
  ['sub/local', 'sub/local'],
  ['sub/deep/local', undefined],
  ['Node_Modules/x', 'Node_Modules/'],
])('%s is set aside as %s', (path, expected) => {
  expect(rules.ignoredAt(path)).toBe(expected)
})
