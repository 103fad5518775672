import { Blueprint, type SourceKind } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import type { StoreKind, StoreKinds } from '../sources/sources.ts'
import { newSandbox } from './journal.ts'

const kindOf = (kind: SourceKind, port: number) => {
  const known: Pick<StoreKind, 'kind' | 'port' | 'url'> = {
    ...{ kind, port },
    url: (_, at) => `${kind}://${at.host}:${at.port}`,
  }
  return known as StoreKind
}
const kinds: StoreKinds = {
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
