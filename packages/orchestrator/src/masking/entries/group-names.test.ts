import { expect, test } from 'vitest'
import { groupNames, wildPart } from './group-names.ts'
import { shapeOfName } from './name-shape.ts'
import { matchPattern, parsePattern } from './pattern.ts'

const many = (make: (index: number) => string) => Array.from({ length: 30 }, (_, i) => make(i))
const names = [
  ...many((i) => `session:anna.${i}@corp.de`),
  ...many((i) => `user:${i}:profile`),
  ...many((i) => `user:${i}:cart`),
  ...many((i) => `friend:${String.fromCharCode(97 + (i % 26))}nders${'x'.repeat(i)}`),
  ...many((i) => `visits:2026-01-${10 + (i % 20)}:${i}`),
  ...many((i) => `t:9f86d081884c7d65${1000 + i}a2feaa`),
  ...['board', 'stats:daily', 'stats:weekly', 'Ünï:\u0000', 'anna', 'a:*', '{x}:1'],
].map((name) => Buffer.from(name))

const groups = groupNames(names, ':')

test('names of one form share a pattern, and what varies is wild', () => {
  const patterns = groups.map(({ pattern, members }) => `${pattern} ${members.length}`)

  expect(patterns).toEqual(
    expect.arrayContaining([
      ...['session:{email} 30', 'user:*:profile 30', 'user:*:cart 30', 'friend:{username} 30'],
      ...['visits:*:* 30', 't:{secret} 30', 'board 1', 'stats:daily 1', 'stats:weekly 1'],
    ]),
  )
})

test('every name fits the pattern that it was grouped by, and is in one group', () => {
  for (const { pattern, members } of groups)
    for (const index of members) {
      const name = names[index]?.toString('latin1') ?? ''
      expect(matchPattern(parsePattern(pattern, ':'), name), pattern).toBeDefined()
    }
  expect(groups.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([...names.keys()])
})

test('no pattern and no shape tells a name of a person', () => {
  const told = groups.map(({ pattern }) => pattern).join('\n')
  expect(told).not.toMatch(/anna|anders|corp|9f86/)
  expect(shapeOfName(Buffer.from('session:anna:Anna:4711:cart'), ':')).toBe('session:*:*:*:cart')
})

test.each([
  [['17', '4711'], '*'],
  [['2026-01-02'], '*'],
  [['0b8c2d6e-1f3a-4c5d-9e7f-0a1b2c3d4e5f'], '*'],
  [['anna@corp.de'], '{email}'],
  [['10.0.0.1'], '{ip}'],
  [['someone'], '{username}'],
])('%j become %s', (values, expected) => {
  expect(wildPart(values).text).toBe(expected)
})

test('a name of a thousand parts is one pattern and no thousand steps deep', () => {
  const [group] = groupNames([Buffer.from('a:'.repeat(5000))], ':')
  expect(group?.pattern).toMatch(/\{text\*\*\}$/)
})
