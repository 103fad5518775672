import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutSection, withSection } from './marked-section.ts'

test('what people wrote comes back letter by letter', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, section) => {
      fc.pre(!`${text}${section}`.includes('stuntdouble:'))
      expect(withoutSection(withSection(text, section))).toBe(text)
    }),
  )
})

test('a section is put in place of the one before, where it stands', () => {
  const first = withSection('', 'one')
  const moved = `# Ours\n\n${first}More of ours\n`
  const second = withSection(moved, 'two')

  expect(second.match(/stuntdouble:begin/g)).toHaveLength(1)
  expect(second).not.toContain('one')
  expect(withoutSection(second)).toBe('# Ours\n\nMore of ours\n')
})

test.each([
  'text <!-- stuntdouble:begin (made anew for each sandbox) --> without an end',
  '<!-- stuntdouble:end --> without a beginning',
  '<!-- stuntdouble:end --> before <!-- stuntdouble:begin (made anew for each sandbox) -->',
])('%s is text like any other', (text) => {
  expect(withoutSection(text)).toBe(text)
})
