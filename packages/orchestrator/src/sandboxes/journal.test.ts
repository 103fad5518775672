import { Blueprint, type ServerKind, type SourceKind } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { ServerKinds, StoreKind } from '../sources/sources.ts'
import { newSandbox } from './journal.ts'
import { podOf } from './pod.ts'

const kindOf = (kind: ServerKind, port: number) => {
  const known: Pick<StoreKind, 'kind' | 'port' | 'url'> = {
    ...{ kind, port },
    url: (_, at) => `${kind}://${at.host}:${at.port}`,
  }
  return known as StoreKind
}
const kinds: ServerKinds = {
  postgres: kindOf('postgres', 5432),
  mariadb: kindOf('mariadb', 3306),
  redis: kindOf('redis', 6379),
}

test('databases of several kinds have their own ports and urls, and share none', () => {
  const sources = { db: 'postgres', shop: 'mariadb', old: 'mariadb' } as const
  const data = Object.fromEntries(Object.keys(sources).map((name) => [name, { source: name }]))
  const snapshots = {
    sealed: ({ source }: { readonly source: string }) => ({
      ...{ id: 'sn000000000000', source, kind: sources[source as keyof typeof sources] },
      ...{ version: 1, image: 'i', volume: 'v' },
      credentials: { user: 'app', password: 'p', database: source },
    }),
  }
  const entry = { blueprint: Blueprint.parse({ data }), workspace: null, now: 0 }
  const { databases } = newSandbox(entry, snapshots, kinds)

  expect(databases.map(({ kind, url }) => [kind, url])).toEqual([
    ['postgres', 'postgres://db:5432'],
    ['mariadb', 'mariadb://shop:3307'],
    ['mariadb', 'mariadb://old:3308'],
  ])
})

const sealedAs = (kind: SourceKind) => ({
  sealed: ({ source }: { readonly source: string }) => ({
    ...{ id: 'sn000000000000', source, kind, version: 1, image: 'i', volume: 'v' },
    credentials: { user: 'app', password: 'p', database: source },
  }),
})
const entryOf = (blueprint: object) => ({
  ...{ blueprint: Blueprint.parse(blueprint), workspace: null, now: 0 },
})

test('files are mounted where the blueprint says, and nothing is run for them', () => {
  const files = { uploads: { source: 'uploads', path: '/data/uploads' } }
  const sandbox = newSandbox(entryOf({ files }), sealedAs('files'), kinds)
  const pod = podOf(sandbox, kinds)

  expect(pod.containers.map(({ name }) => name)).toEqual(['workspace'])
  expect(pod.containers[0]?.mounts).toContainEqual({
    ...{ volume: `${sandbox.id}--uploads`, path: '/data/uploads', readOnly: false },
  })
})

test('files named as a database, and a database named as files, are refused', () => {
  const asData = entryOf({ data: { db: { source: 'uploads' } } })
  const asFiles = entryOf({ files: { db: { source: 'shop', path: '/data/db' } } })

  expect(() => newSandbox(asData, sealedAs('files'), kinds)).toThrow('is a tree of files')
  expect(() => newSandbox(asFiles, sealedAs('postgres'), kinds)).toThrow('is a database')
})

test.each([
  ...['/etc', '/', '/data', '/workspace', 'data/x', '/data/../etc', '/data/./x', '/data//x'],
  ...['/data/x/', '/database/x', '/workspace/a/b', '/workspace/..', '/workspace/.git'],
  ...['/data/a b', '/data/x\n', '/data/x:ro', '/data/x,rw', '/run/x', '/tmp/x', '/home/agent/x'],
])('files cannot be mounted at %j', (path) => {
  expect(Blueprint.safeParse({ files: { a: { source: 'a', path } } }).success).toBe(false)
})

test.each([
  ['the same', '/data/a', true],
  ['one inside the other', '/data/a/b', true],
  ['one beside the other', '/data/ab', false],
])('of two trees of files %s path is refused: %s, %s', (_, path, isRefused) => {
  const files = { a: { source: 'a', path: '/data/a' }, b: { source: 'b', path } }
  expect(Blueprint.safeParse({ files }).success).toBe(!isRefused)
})
