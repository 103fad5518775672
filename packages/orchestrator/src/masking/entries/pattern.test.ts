import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchPattern, parsePattern } from './pattern.ts'

const pieces = (pattern: string, name: string, separator = ':') =>
  matchPattern(parsePattern(pattern, separator), name)
    ?.filter(({ strategy }) => strategy !== null)
    .map(({ text, strategy }) => `${strategy}=${text}`)

describe('a pattern', () => {
  test.each([
    ['board', 'board', []],
    ['board', 'boards', undefined],
    ['session:*', 'session:17', ['keep=17']],
    ['session:*', 'session:', ['keep=']],
    ['session:*', 'session:17:cart', undefined],
    ['session:**', 'session:17:cart', ['keep=17:cart']],
    ['session:**', 'session', undefined],
    ['**:cart', 'a:b:cart', ['keep=a:b']],
    ['user:{email}:profile', 'user:anna@example.com:profile', ['email=anna@example.com']],
    ['user:{email}:profile', 'user:anna@example.com:cart', undefined],
    ['page:{url**}', 'page:https://x.test/a', ['url=https://x.test/a']],
    ['v*-{username}.x', 'v1-anna.x.x', ['keep=1', 'username=anna.x']],
    ['a*b*c', 'abbc', ['keep=', 'keep=b']],
    ['a*b*c', 'ac', undefined],
    ['\\{tag\\}:*', '{tag}:7', ['keep=7']],
    ['a\\*', 'a*', []],
    ['a\\*', 'ab', undefined],
  ])('%s beside %s', (pattern, name, expected) => {
    expect(pieces(pattern, name)).toEqual(expected)
  })

  test('of paths stays within a folder', () => {
    expect(pieces('cv/{username}.pdf', 'cv/anna.pdf', '/')).toEqual(['username=anna'])
    expect(pieces('cv/{username}.pdf', 'cv/old/anna.pdf', '/')).toBeUndefined()
    expect(pieces('cv/**', 'cv/old/anna.pdf', '/')).toEqual(['keep=old/anna.pdf'])
  })

  test.each([
    ['', 'is empty'],
    ['a**b', 'must have **'],
    ['**:x:**', 'more than one **'],
    ['a*{email}', 'side by side'],
    ['a{name}', 'holds {name}'],
    ['a{null}', 'holds {null}'],
    ['a{', 'needs a \\'],
  ])('%j is refused', (pattern, message) => {
    expect(() => parsePattern(pattern, ':')).toThrow(message)
  })

  test('takes a name apart without losing a byte', () => {
    const pattern = fc.stringMatching(/^[ab:]{0,3}(\*[ab]|\{text\}:|\*:){0,3}[ab]{0,2}\*?$/)
    const names = fc.string({ unit: fc.constantFrom(...'ab:'), maxLength: 12 })
    fc.assert(
      fc.property(pattern.filter(Boolean), names, (text, name) => {
        const found = matchPattern(parsePattern(text, ':'), name)
        if (found) expect(found.map((piece) => piece.text).join('')).toBe(name)
      }),
      { numRuns: 2000 },
    )
  })

  test('is decided for a name that would keep a backtracking matcher busy for ever', () => {
    const pattern = parsePattern(`${'*a'.repeat(20)}b`, ':')

    expect(matchPattern(pattern, 'a'.repeat(200_000))).toBeUndefined()
  })
})
