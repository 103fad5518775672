import type { SandboxView } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { Note } from '../notes.ts'
import { pageOf } from './listing.ts'
import { ListQuery } from './messages.ts'

const views = ['a', 'b', 'c', 'd'].map((id) => ({ id, state: 'ready' })) as unknown as SandboxView[]
const others = [
  { id: 'e', state: 'creating' },
  { id: 'f', state: 'paused' },
] as unknown as SandboxView[]
const metadata: Readonly<Record<string, Note['metadata']>> = {
  a: { user: 'me & you', 'k=1': 'ü' },
  b: { user: 'me & you' },
  c: { constructor: 'own' },
}
const notes = { get: (id: string) => ({ template: 'base', env: {}, metadata: metadata[id] ?? {} }) }

const page = (query: object) => pageOf([...views, ...others], ListQuery.parse(query), notes)
const ids = (query: object) => page(query).views.map(({ id }) => id)
/** As the client writes it. */
const encoded = (wanted: Readonly<Record<string, string>>) =>
  Object.entries(wanted)
    .map((pair) => pair.map((part) => encodeURIComponent(encodeURIComponent(part))).join('='))
    .join('&')

test('those that live are listed, a page at a time', () => {
  expect(ids({})).toEqual(['a', 'b', 'c', 'd', 'f'])
  expect(page({ limit: '3' })).toMatchObject({ next: 'd' })
  expect(ids({ limit: '3', nextToken: 'd' })).toEqual(['d', 'f'])
  expect(page({ limit: '3', nextToken: 'd' }).next).toBeUndefined()
})

test('a page whose beginning has ended begins again', () => {
  expect(ids({ nextToken: 'z' })).toEqual(['a', 'b', 'c', 'd', 'f'])
})

test('they are found by what was said of them, and by nothing inherited', () => {
  expect(ids({ metadata: encoded({ user: 'me & you' }) })).toEqual(['a', 'b'])
  expect(ids({ metadata: encoded({ user: 'me & you', 'k=1': 'ü' }) })).toEqual(['a'])
  expect(ids({ metadata: encoded({ toString: 'x' }) })).toEqual([])
  expect(ids({ metadata: encoded({ constructor: 'own' }) })).toEqual(['c'])
  expect(() => ids({ metadata: '%25zz=1' })).toThrow(/not encoded/)
})

test.each([
  [{ state: 'running,paused' }, 5],
  [{ state: ['running', 'paused'] }, 5],
  [{ state: 'running' }, 4],
  [{ state: 'paused' }, 1],
])('they are found by their state: %j', (query, count) => {
  expect(ids(query)).toHaveLength(count)
})
