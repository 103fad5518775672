import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { inspect } from 'node:util'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSecret } from '../../lib/ids.ts'
import type { Source, SourceSubset, Subset } from '../sources.ts'
import { roundTrip } from '../testing/round-trip.ts'
import { postgresKind } from './postgres.ts'
import { type Major, startServer, type TestServer } from './testing/server.ts'

const signal = () => AbortSignal.timeout(120_000)
const table = (name: string) => ({ schema: 'public', name })
const customer = table('customer')
const schemaFile = new URL('testing/subset-schema.sql', import.meta.url)

const asked: Subset = {
  ...{ roots: [{ table: customer, where: "country = 'DE' AND id <= 100" }], rest: 'empty' },
  ...{ whole: [], empty: [], depth: 3, likeness: [] },
}

describe.each([13, 16, 18] as Major[])('a subset of PostgreSQL %i', (major) => {
  let server: TestServer
  let origin: Client
  beforeAll(async () => {
    server = await startServer(major)
    await (await server.client()).query('CREATE DATABASE shop')
    origin = await server.client('shop')
    await origin.query(await readFile(schemaFile, 'utf8'))
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const open = (connections = 2) =>
    postgresKind.open(
      { name: 'shop', url: server.url({ database: 'shop' }), connections },
      signal(),
    )

  const choose = async (source: Source, over: Partial<Subset> = {}): Promise<SourceSubset> => {
    const chosen = await source.subset?.(
      { subset: { ...asked, ...over }, tell: () => {} },
      signal(),
    )
    if (chosen === undefined) throw new Error('no subset')
    return chosen
  }

  const idsOf = async ({ source }: SourceSubset, name = 'customer', column = 'id') => {
    const text = await buffer(await source.read(table(name), [column], signal()))
    return text.toString().split('\n').filter(Boolean).map(Number).sort(up)
  }
  const up = (left: number, right: number) => left - right

  const query = async (client: Client, sql: string) =>
    (await client.query({ text: sql, rowMode: 'array' })).rows.flat()

  const refusal = async (over: Partial<Subset>) => {
    await using source = await open()
    try {
      await choose(source, over)
    } catch (cause) {
      return cause as Error
    }
    throw new Error('the subset was taken')
  }

  test('is a copy in which every foreign key validates', async () => {
    await using source = await open()
    const { source: part, tables } = await choose(source)
    const database = `copy ${newSecret()}`
    const superuser = { ...server.superuser, database }
    await using target = await postgresKind.target(server.dial, superuser, signal())
    const written = await roundTrip(part, target, signal())
    const copy = await server.client(database)

    for (const { schema, name } of part.tables) {
      const count = await part.count({ schema, name }, signal())
      expect(written.get(`${schema}.${name}`), name).toBe(count)
      expect(await target.count({ schema, name }, signal()), name).toBe(count)
    }
    const keys = "SELECT count(*)::int FROM pg_constraint WHERE contype = 'f'"
    expect(await query(copy, keys)).toEqual(await query(origin, keys))
    expect(await target.unvalidatedForeignKeys(signal())).toEqual([
      'public.complaint.complaint_customer',
    ])
    const planned = tables.reduce((total, { rows }) => total + rows, 0)
    expect(planned).toBe([...written.values()].reduce((total, rows) => total + rows, 0))
    expect(await query(copy, 'SELECT sum(doubled) = 2 * sum(total) FROM "order"')).toEqual([true])
  })

  test('holds all that belongs to its roots, and what that needs', async () => {
    await using source = await open()
    const chosen = await choose(source, { depth: 1 })
    const roots = "SELECT id FROM customer WHERE country = 'DE' AND id <= 100"
    const orders = `SELECT id FROM "order" WHERE customer_id IN (${roots})
      OR contact IN (SELECT email FROM customer WHERE id IN (${roots}))`
    const needed = `WITH RECURSIVE o AS (${orders}), people AS (
        SELECT id FROM customer WHERE id IN (${roots}) OR referred_by IN (${roots}) OR last_order IN (SELECT id FROM o WHERE false)
        UNION SELECT customer_id FROM "order" WHERE id IN (SELECT id FROM o)
        UNION SELECT c.id FROM "order" JOIN customer c ON c.email = contact WHERE "order".id IN (SELECT id FROM o))
      SELECT id FROM people`

    expect(await idsOf(chosen)).toEqual(expect.arrayContaining(await query(origin, needed)))
    expect(await idsOf(chosen, 'order')).toEqual(
      expect.arrayContaining((await query(origin, orders)).map(Number)),
    )
    const visits = await query(
      origin,
      `SELECT count(*)::int FROM visit WHERE customer_id IN (${roots})`,
    )
    expect(chosen.tables.find(({ table }) => table === 'public.visit')).toMatchObject({
      ...{ rows: visits[0], of: 2000, cut: 0, why: ['child of public.customer'] },
    })
    expect(chosen.tables.find(({ table }) => table === 'public.ledger')?.why).toEqual([
      'parent of public.visit',
    ])
    expect(chosen.tables.find(({ table }) => table === 'public.shipment')).toMatchObject({
      ...{ rows: 0, why: ['deeper than depth 1'] },
    })
    expect(await idsOf(chosen, 'vip_note')).toEqual([])
    expect(await idsOf(chosen, 'audit')).toEqual([])
  })

  test('stays as it was chosen while the source moves on', async () => {
    await using source = await open()
    const chosen = await choose(source)
    const before = await idsOf(chosen)
    const notes = await idsOf(chosen, 'note')
    await origin.query(
      'BEGIN; UPDATE customer SET country = country; DELETE FROM shipment; DELETE FROM note',
    )

    expect(await idsOf(chosen)).toEqual(before)
    await origin.query('COMMIT')
    await origin.query('VACUUM customer, shipment, note')
    expect(await idsOf(chosen)).toEqual(before)
    expect(await idsOf(chosen, 'note')).toEqual(notes)
    expect(notes.length).toBeGreaterThan(25)
  })

  test('takes the same sample wherever its rows lie', async () => {
    const roots = [
      { table: customer, samplePercent: 20 },
      { table: table('visit'), limit: 100 },
    ]
    const sample = async () => {
      await using source = await open()
      const chosen = await choose(source, { roots, depth: 0 })
      const visits = await idsOf(chosen, 'visit_new', 'ledger_id')
      const plan = chosen.tables.filter((each) => each.table === 'public.visit')
      return [await idsOf(chosen), visits, plan]
    }
    const first = await sample()
    await origin.query(`CREATE TABLE moved AS SELECT * FROM visit; TRUNCATE visit;
      INSERT INTO visit SELECT * FROM moved ORDER BY random(); DROP TABLE moved`)
    await origin.query('VACUUM FULL customer')
    await origin.query('ANALYZE visit, customer')

    expect(await sample()).toEqual(first)
    expect(first[0]?.length).toBeGreaterThan(50)
    expect(first[2]).toContainEqual(
      expect.objectContaining({ table: 'public.visit', rows: 100, cut: 1900 }),
    )
  })

  test('takes no more of each parent than it may, the same ones every time', async () => {
    const few = async () => {
      await using source = await open()
      const limits = { perParent: 2, depth: 1, roots: [{ table: customer, where: 'id = 7' }] }
      const chosen = await choose(source, limits)
      const order = chosen.tables.find((each) => each.table === 'public.order')
      return { order, ids: await idsOf(chosen, 'order') }
    }
    const { order, ids } = await few()

    expect(ids.length).toBeGreaterThanOrEqual(2)
    expect(ids.length).toBeLessThanOrEqual(5)
    expect(order?.cut).toBe(16)
    expect((await few()).ids).toEqual(ids)
  })

  test('copies what is named whole or empty as it is named', async () => {
    await using source = await open()
    const named = { whole: [table('audit'), table('visit')], empty: [table('note')] }
    const { source: part, tables } = await choose(source, { ...named, roots: [] })

    expect(await part.count(table('audit'), signal())).toBe(100)
    expect(await part.count(table('note'), signal())).toBe(0)
    expect(await part.count(table('ledger_2023'), signal())).toBe(500)
    expect(tables.find((each) => each.table === 'public.ledger')?.why).toEqual([
      'parent of public.visit',
    ])
  })

  test('follows what the operator says refers, whatever its type', async () => {
    await using source = await open()
    const from = { table: { schema: 'Odd "Name', name: 'a.b' }, column: 'of whom' }
    const likeness = [{ from, to: { table: customer, column: 'id' } }]
    const roots = [{ table: customer, where: 'id IN (3, 5)' }]
    const { source: part, tables } = await choose(source, { likeness, roots, depth: 1 })
    const text = await buffer(await part.read(from.table, ['of whom', 'oid'], signal()))

    expect(text.toString().split('\n').sort()).toEqual(['', '3\t3', '5\t5'])
    expect(tables.find(({ table }) => table.includes('Odd'))?.why).toEqual([
      'child of public.customer.id',
    ])
  })

  test('never reads through to another server', async () => {
    await using source = await open()
    const roots = [{ table: table('reading'), where: 'reading.id < 9', limit: 5 }]
    const { tables } = await choose(source, { roots })

    expect(tables.find((each) => each.table === 'public.reading')).toMatchObject({
      rows: 5,
      cut: 3,
    })
  })

  // Earlier ones have no keys of periods.
  if (major === 18) {
    test('holds every part of a period that a row refers to', async () => {
      await origin.query(`
      CREATE TABLE season (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
      INSERT INTO season SELECT '[1,2)', during::daterange
        FROM unnest('{"[2024-01-01,2024-04-01)","[2024-04-01,2024-07-01)","[2024-07-01,2024-10-01)"}'::text[]) AS during;
      CREATE TABLE stay (room int4range, during daterange, FOREIGN KEY (room, PERIOD during) REFERENCES season (room, PERIOD during));
      INSERT INTO stay VALUES ('[1,2)', '[2024-03-01,2024-05-01)')`)
      await using source = await open()
      const roots = [{ table: table('stay'), samplePercent: 100 }]
      const { tables } = await choose(source, { roots })

      expect(tables.find((each) => each.table === 'public.season')).toMatchObject({ rows: 2 })
    })
  }

  test('asks in a transaction that cannot write, and not without end', async () => {
    await using source = await open()
    const [limited, reading] = ['statement_timeout', 'transaction_read_only'].map(
      (name) => `current_setting('${name}')`,
    )
    const where = `${limited} = '15min' AND ${reading} = 'on'`
    const chosen = await choose(source, { roots: [{ table: customer, where }], depth: 0 })

    expect(await idsOf(chosen)).toHaveLength(400)
  })

  test('does with one connection, and with none to spare', async () => {
    await using source = await open(1)

    expect((await idsOf(await choose(source))).length).toBeGreaterThan(25)
  })

  test.each([
    ['a table that is not there', { whole: [table('gone')] }, /public\.gone/],
    ['a table named twice', { whole: [customer] }, /two things of public\.customer/],
    ['a partition beside its table', { whole: [table('visit'), table('visit_new')] }, /visit_new/],
    [
      'an empty table that is needed',
      { empty: [table('country')] },
      /country, by public\.customer/,
    ],
  ])('refuses %s by name', async (_, over, message) => {
    expect((await refusal(over)).message).toMatch(message)
  })

  test.each([
    ['a second statement', 'true; DELETE FROM customer', /`;`/],
    ['a way out of the parentheses', 'true) UNION ALL SELECT 1, (ctid', /parenthesis/],
    ['a column that is not there', "contry = 'DE'", /column "contry" does not exist/],
    ['what is no condition', 'id', /boolean/],
    ['what writes', "pg_catalog.set_config('a.b', nextval('s')::text, true) = ''", /42P01|"s"/],
    ['a lock', 'id = (SELECT id FROM public.audit LIMIT 1 FOR UPDATE)', /SQLSTATE 25006/],
    ['a subquery of several columns', 'id IN (SELECT 1, 2)', /too many columns/],
  ])('refuses %s in a condition', async (_, where, message) => {
    const before = await query(origin, 'SELECT count(*) FROM customer')
    const error = await refusal({ roots: [{ table: customer, where }] })

    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(await query(origin, 'SELECT count(*) FROM customer')).toEqual(before)
  })

  test('says nothing of the rows that a condition fails on', async () => {
    const error = await refusal({ roots: [{ table: customer, where: 'email::int > 3' }] })

    expect(error.message).toContain('SQLSTATE 22P02')
    expect(inspect(error, { depth: 9 })).not.toContain('canary')
  })
})
