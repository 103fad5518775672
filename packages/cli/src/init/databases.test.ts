import { expect, test } from 'vitest'
import { planDatabases } from './databases.ts'

const postgres = (service: string, path = 'compose.yaml') => ({
  ...{ service, path, kind: 'postgres' as const, image: 'postgres:16' },
})
const plan = (...services: readonly string[]) =>
  planDatabases(
    services.map((service) => postgres(service)),
    { project: 'Shop & Co', sources: undefined },
  ).map(({ name, source }) => [name, source])

test('a database keeps its service’s name, and a general one has the project’s as a source', () => {
  expect(plan('db')).toEqual([['db', 'shop-co']])
  expect(plan('billing', 'db', 'pg')).toEqual([
    ['billing', 'billing'],
    ['db', 'shop-co'],
    ['pg', 'shop-co-pg'],
  ])
})

test.each([
  ['DB_Main', 'db-main'],
  ['9lives', 'lives'],
  ['база', 'postgres'],
  ['__proto__', 'proto'],
  ['gate', 'gate-2'],
  ['workspace', 'workspace-2'],
  ['x'.repeat(500), 'x'.repeat(32)],
  ['a\u001b]0;b\n: {}', 'a-0-b'],
])('%j becomes a name that a blueprint takes: %s', (service, name) => {
  expect(plan(service)[0]?.[0]).toBe(name)
})

test('names that become the same stay two, and the same service in two files is one', () => {
  const names = plan('db-a', 'db_a').map(([name]) => name)
  const found = [postgres('db', 'a'), postgres('audit', 'a'), postgres('db', 'b')]

  expect(names).toEqual(['db-a', 'db-a-2'])
  const planned = planDatabases(found, { project: 'p', sources: undefined })
  expect(planned.map(({ name, found: { path } }) => [name, path])).toEqual([
    ['db', 'a'],
    ['audit', 'a'],
  ])
})

test('no more than a blueprint may have', () => {
  expect(plan(...Array.from({ length: 30 }, (_, n) => `db${n}`))).toHaveLength(8)
})

test('a configured source is taken by name, or as the only one for the only one', () => {
  const source = { kind: 'postgres' as const, url: 'postgres://x', policy: './m.yaml' }
  const states = (found: readonly string[], sources: readonly string[]) =>
    planDatabases(
      found.map((service) => postgres(service)),
      { project: 'p', sources: Object.fromEntries(sources.map((name) => [name, source])) },
    ).map(({ state, source: taken }) => (state === 'configured' ? taken : state))

  expect(states(['db'], ['production'])).toEqual(['production'])
  expect(states(['db', 'audit'], ['production', 'audit'])).toEqual(['missing', 'audit'])
  expect(states(['db', 'audit'], ['production'])).toEqual(['missing', 'missing'])
  expect(states(['db'], ['one', 'two'])).toEqual(['missing'])
})
