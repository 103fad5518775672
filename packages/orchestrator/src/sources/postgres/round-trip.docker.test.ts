import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roundTrip } from '../testing/round-trip.ts'
import { postgresKind } from './postgres.ts'
import { inventory } from './testing/inventory.ts'
import { loadChinook, loadDump } from './testing/load-dump.ts'
import { type Major, startServer, type TestServer } from './testing/server.ts'

const data = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url))
const examples: Readonly<Record<string, (client: Client) => Promise<void>>> = {
  pagila: async (client) => {
    await loadDump(client, `${data}pagila-schema.sql`)
    await loadDump(client, `${data}pagila-data.sql`)
  },
  chinook: (client) => loadChinook(client, `${data}chinook-postgres.sql`),
}

let staging: TestServer
beforeAll(async () => {
  staging = await startServer(18)
})
afterAll(() => staging[Symbol.asyncDispose]())

describe.each([13, 16, 18] as Major[])('a source of PostgreSQL %i', (major) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(major)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each(Object.keys(examples))('%s arrives whole', async (name) => {
    if (!existsSync(data)) throw new Error(`The example data is not at ${data}`)
    const signal = AbortSignal.timeout(100_000)
    const origin = await server.client()
    await origin.query(`CREATE DATABASE ${name}`)
    const before = await server.client(name)
    await examples[name]?.(before)

    const database = `${name}_${major}`
    await using source = await postgresKind.open(
      { name: 'shop', url: server.url({ database: name }), sequences: 'exact' },
      signal,
    )
    await using target = await postgresKind.target(
      staging.dial,
      { ...staging.superuser, database },
      signal,
    )
    const written = await roundTrip(source, target, signal)

    for (const table of source.tables) {
      const rows = await source.count(table, signal)
      expect(written.get(`${table.schema}.${table.name}`)).toBe(rows)
      expect(await target.count(table, signal)).toBe(rows)
    }
    expect(await target.unvalidatedForeignKeys(signal)).toEqual([])
    const after = await staging.client(database)
    expect(await inventory(after)).toEqual(await inventory(before))
  })
})
