import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresKind } from './postgres.ts'
import { loadChinook, loadDump } from './testing/load-dump.ts'
import { roundTrip } from './testing/round-trip.ts'
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

/** What a person compares after a copy: names and definitions of everything, and row counts. */
const inventorySql = `
  SELECT 'constraint' AS kind, conrelid::regclass::text AS of, conname::text AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
  UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'view', viewname, '', regexp_replace(definition, '\\s+', ' ', 'g') FROM pg_views WHERE schemaname = 'public'
  UNION ALL SELECT 'matview', matviewname, '', regexp_replace(definition, '\\s+', ' ', 'g') FROM pg_matviews WHERE schemaname = 'public'
  UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'function', oid::regprocedure::text, '', md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'column', attrelid::regclass::text, attname, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'sequence', sequencename, '', last_value::text FROM pg_sequences WHERE schemaname = 'public'
  UNION ALL SELECT 'inherits', inhrelid::regclass::text, inhparent::regclass::text, '' FROM pg_inherits
  ORDER BY 1, 2, 3, 4`

const inventory = async (client: Client) => (await client.query(inventorySql)).rows

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
    await before.query('SET search_path = public')

    const database = `${name}_${major}`
    await using source = await postgresKind.open(
      { name: 'shop', url: server.url({ database: name }) },
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
    await after.query('SET search_path = public')
    expect(await inventory(after)).toEqual(await inventory(before))
  })
})
