import { expect, test } from 'vitest'
import { recipeOf } from './image-recipes.ts'
import { parseImageReference } from './image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['postgres:16', 'postgres:16', null],
  ['postgres', 'postgres:latest', null],
  ['library/postgres', 'library/postgres:latest', null],
  ['docker.io/stuntdouble/workspace', 'stuntdouble/workspace:latest', null],
  ['ghcr.io/a/b:1.2', 'ghcr.io/a/b:1.2', 'ghcr.io'],
  ['localhost:5000/a', 'localhost:5000/a:latest', 'localhost:5000'],
  [`a/b@${digest}`, `a/b@${digest}`, null],
  [`a/b:1@${digest}`, `a/b@${digest}`, null],
])('%s is asked for as %s', (written, text, registry) => {
  expect(parseImageReference(written)).toMatchObject({ text, registry })
})

test.each([
  '',
  '-rf',
  '--privileged',
  '../etc/passwd',
  '/etc/passwd',
  'a//b',
  'a/../b',
  'a:',
  'a:-b',
  'A/b',
  'a b',
  'a\nb',
  'a;b',
  '$(id)',
  'a@sha256:abc',
  `a@md5:${'a'.repeat(64)}`,
  'a'.repeat(256),
  'e3b0c44298fc',
  'http://host/a',
  'user:pass@host/a',
  '-x.io/a',
  'host:99999999/a',
])('%j is not the name of an image', (written) => {
  expect(() => parseImageReference(written)).toThrow(/is not the name of an image/)
})

test('what a message shows of a bad name obeys no terminal', () => {
  expect(() => parseImageReference('\u001b[2J')).toThrow(/"\\u001b\[2J"/)
})

test.each(['stuntdouble/postgres', 'stuntdouble/postgres:15', 'stuntdouble/workspace'])(
  '%s is one of ours',
  (name) => {
    expect(recipeOf(parseImageReference(name))).toHaveProperty('folder')
  },
)

test.each([
  'stuntdouble/x',
  'stuntdouble/postgres:16',
  'stuntdouble',
  'docker.io/stuntdouble/x',
  `stuntdouble/workspace@${digest}`,
  'stuntdouble/base:toString',
])('%s is refused: never pulled under our name', (name) => {
  expect(() => recipeOf(parseImageReference(name))).toThrow(/There is no image/)
})

test('an image in another registry is not taken for ours', () => {
  expect(recipeOf(parseImageReference('ghcr.io/stuntdouble/workspace'))).toBeUndefined()
})
