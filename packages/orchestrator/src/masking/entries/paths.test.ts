import { expect, test } from 'vitest'
import { compileKeyMasker } from './key-masker.ts'
import { fileNames } from './name-style.ts'
import { standInFor } from './stand-in.ts'

const key = Buffer.alloc(32, 7)

test.each([
  ['avatars/anna.png', 'avatars/*.png'],
  ['uploads/musterfrau/2026/letter.PDF', 'uploads/*/*/letter.PDF'],
  ['anna.meier', '*'],
  ['.env', '*'],
  ['logs/x.musterfrau.gz', 'logs/*.gz'],
])('the shape of %s is %s', (path, shape) => {
  expect(fileNames.shapeOf(Buffer.from(path))).toBe(shape)
})

test('patterns are found for directories, names and types, each file in one', () => {
  const paths = [
    ...Array.from({ length: 30 }, (_, index) => `avatars/anna${index}@corp.de.png`),
    ...Array.from({ length: 30 }, (_, index) => `avatars/anna${index}@corp.de.jpg`),
    ...Array.from({ length: 30 }, (_, index) => `invoices/2026/${index}.pdf`),
    'robots.txt',
    'LICENSE',
  ].map((path) => Buffer.from(path))
  const groups = fileNames.group(paths)

  expect(groups.map(({ pattern }) => pattern).sort()).toEqual([
    'LICENSE',
    'avatars/{email}.jpg',
    'avatars/{email}.png',
    'invoices/*/*.pdf',
    'robots.txt',
  ])
  const members = groups.flatMap((group) => group.members).sort((a, b) => a - b)
  expect(members).toEqual(paths.map((_, index) => index))
})

test('what a file is answered with is read from its policy', () => {
  const policy = fileNames.parse(
    '"a/{email}.png": placeholder\n"b/**": drop\n"c": { json: { "$.a": email } }\n"d": empty\n"e": text\n',
    'masking.yaml',
  )
  const masker = compileKeyMasker({ policy, key, onMasked: () => {} })
  const answer = (path: string) => masker.answer(Buffer.from(path))

  expect(answer('a/anna@corp.de.png')).toMatchObject({ standIn: 'placeholder', isWhole: false })
  expect(`${answer('a/anna@corp.de.png')?.name}`).toMatch(/^a\/[^/]+@example\.com\.png$/)
  expect(answer('b/c/d')).toMatchObject({ dropped: true })
  expect(answer('c')).toMatchObject({ isWhole: true, standIn: null })
  expect(answer('d')?.part({ value: Buffer.from('x') })).toBeNull()
  expect(`${answer('e')?.part({ value: Buffer.from('ask anna@corp.de') })?.value}`).not.toContain(
    'corp',
  )
  expect(answer('a/b/c.png')).toBeUndefined()
})

test.each([
  ['"a": email', /a.*must be one of drop, empty, placeholder/s],
  ['"a": { fields: { b: keep } }', /must be one of/],
  ['"a": { json: { "b": keep } }', /is no path/],
  ['"a{nothing}": keep', /\{nothing\}/],
])('a policy such as %s is refused', (text, message) => {
  expect(() => fileNames.parse(`${text}\n`, 'masking.yaml')).toThrow(message)
})

test.each([
  ['a.png', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
  ['a.JPEG', Buffer.from([0xff, 0xd8, 0xff])],
  ['a.pdf', Buffer.from('%PDF-')],
  ['a.json', Buffer.from('{}')],
])('a placeholder of %s begins as its type does', (name, magic) => {
  const bytes = standInFor('placeholder', Buffer.from(name))
  expect(bytes.subarray(0, magic.length)).toEqual(magic)
})

test('a placeholder is empty where none is known, and so is what was asked to be', () => {
  expect(standInFor('placeholder', Buffer.from('a.docx'))).toHaveLength(0)
  expect(standInFor('empty', Buffer.from('a.png'))).toHaveLength(0)
})

test('the table of a placeholder’s pdf says where its objects are', () => {
  const text = standInFor('placeholder', Buffer.from('a.pdf')).toString('latin1')
  const offsets = [...text.matchAll(/^(\d{10}) 00000 n /gm)].map(([, at]) => Number(at))
  const begun = offsets.map((at) => text.slice(at, at + 5))
  const table = Number(/startxref\n(\d+)/.exec(text)?.[1])

  expect(begun).toEqual(['1 0 o', '2 0 o', '3 0 o'])
  expect(text.slice(table, table + 4)).toBe('xref')
})
