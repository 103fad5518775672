import { readFile } from 'node:fs/promises'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Source } from '../sources.ts'
import { roundTrip } from '../testing/round-trip.ts'
import { postgresKind } from './postgres.ts'
import { inventory } from './testing/inventory.ts'
import { type Major, startServer } from './testing/server.ts'

const signal = AbortSignal.timeout(300_000)
/** What the test's schema holds that must not arrive, by kind and name. */
const left =
  /^(extension \| postgres_fdw|[a-z ]+ \| sales\.(remote|on_remote|on_on_remote)\b|function \| sales\.in_c)/

// The same version on both sides: each prints definitions in its own way.
describe.each([13, 16, 18] as Major[])('a copy of an odd schema of PostgreSQL %i', (major) => {
  const stack = new AsyncDisposableStack()
  let source: Source
  let before: Client
  let after: Client

  beforeAll(async () => {
    const server = stack.use(await startServer(major))
    const origin = await server.client()
    await origin.query('CREATE DATABASE odd')
    before = await server.client('odd')
    await before.query(await readFile(new URL('testing/odd-schema.sql', import.meta.url), 'utf8'))
    source = stack.use(
      await postgresKind.open(
        { name: 'odd', url: server.url({ database: 'odd' }), sequences: 'exact' },
        signal,
      ),
    )
    const staging = stack.use(await startServer(major))
    const superuser = { ...staging.superuser, database: 'odd' }
    const target = stack.use(await postgresKind.target(staging.dial, superuser, signal))
    await roundTrip(source, target, signal)
    after = await staging.client('odd')
  })
  afterAll(() => stack.disposeAsync())

  test('has every object under its name and with its definition', async () => {
    const wanted = (await inventory(before)).filter((line) => !left.test(line))

    expect(await inventory(after)).toEqual(wanted)
  })

  test('has every value as it was', async () => {
    for (const { schema, name } of source.tables) {
      const sql = `SELECT t::text AS row FROM ONLY "${schema}"."${name.replaceAll('"', '""')}" t ORDER BY 1`
      expect((await after.query(sql)).rows, name).toEqual((await before.query(sql)).rows)
    }
  })

  test('continues its sequences where the source stands, when asked to', async () => {
    const next = async (client: Client) =>
      (
        await client.query(
          "SELECT nextval('sales.loose') a, nextval('sales.unused') b, nextval('sales.zoo_id_seq') c",
        )
      ).rows

    expect(await next(after)).toEqual(await next(before))
  })

  test('names what stayed behind, and no secret of it', () => {
    const told = JSON.stringify(source.schema.findings)

    for (const what of [
      'foreign table sales.remote',
      'view sales.on_on_remote',
      'sales.in_c',
      'comments (1)',
      'grants (1)',
      'statistics settings of columns (1)',
      'user mappings (1)',
      'publications (1)',
      'never_checked',
    ]) {
      expect(told).toContain(what)
    }
    expect(JSON.stringify(source.schema)).not.toMatch(/fdw-password-f00d|prod-2|Jane Doe/)
  })

  test('keeps a foreign key unchecked that the source never checked', () => {
    expect(source.schema.unvalidatedForeignKeys).toEqual(['sales.orphans.never_checked'])
  })

  test('belongs to a role that is no superuser', async () => {
    const { rows } = await after.query(
      `SELECT DISTINCT r.rolname, r.rolsuper, r.rolcreaterole FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('sales', 'Select')`,
    )
    expect(rows).toEqual([{ rolname: 'app', rolsuper: false, rolcreaterole: false }])
  })
})
