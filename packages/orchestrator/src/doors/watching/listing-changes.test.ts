import { expect, test } from 'vitest'
import { changesBetween, parseListing } from './listing-changes.ts'

const file = (inode: number, name: string, { size = 1, mode = 644 } = {}) =>
  `f\t${inode}\t${size}\t100.5\t${mode}\t${name}\0`
const told = (before: string, after: string) =>
  changesBetween(parseListing(before), parseListing(after)).map(
    ({ type, name }) => `${type} ${name}`,
  )

test.each([
  ['nothing', file(1, 'a'), file(1, 'a'), []],
  ['a new file', '', file(1, 'a'), ['create a', 'write a']],
  ['a new empty file', '', file(1, 'a', { size: 0 }), ['create a']],
  ['more in it', file(1, 'a'), file(1, 'a', { size: 2 }), ['write a']],
  ['another in its place', file(1, 'a'), file(2, 'a'), ['write a']],
  ['other permissions', file(1, 'a'), file(1, 'a', { mode: 600 }), ['chmod a']],
  ['it is gone', file(1, 'a'), '', ['remove a']],
  ['another name', file(1, 'a'), file(1, 'b'), ['rename a', 'create b']],
  ['half an upload', '', file(1, `x/.upload-${'a'.repeat(43)}`), []],
  ['half of an archive', '', file(1, `.upload-${'a'.repeat(43)}/deep/b`), []],
  ['a name with a tab', '', file(1, 'a\tb', { size: 0 }), ['create a\tb']],
  ['a directory’s own time', 'd\t1\t9\t1\t755\td\0', 'd\t1\t9\t2\t755\td\0', []],
])('%s', (...[, before, after, changes]) => {
  expect(told(before, after)).toEqual(changes)
})
