import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { Source, TablePart } from '../sources.ts'
import { postgresKind } from './postgres.ts'
import { type Major, startServer } from './testing/server.ts'

const signal = () => AbortSignal.timeout(60_000)
const table = { schema: 'public', name: 'event_all' }
const empty = { schema: 'public', name: 'empty' }
const rows = 40_000

/** Some 160 MB in few rows, in a partition. */
const sql = `
  CREATE TABLE empty (id int);
  CREATE TABLE event (id int, text text) PARTITION BY RANGE (id);
  CREATE TABLE event_all PARTITION OF event DEFAULT WITH (fillfactor = 10);
  INSERT INTO event SELECT n, repeat('x', 300) FROM generate_series(1, ${rows}) n`

async function prepared(major: Major, connections: number) {
  await using cleanup = new AsyncDisposableStack()
  const server = cleanup.use(await startServer(major))
  const admin = await server.client()
  await admin.query(sql)
  const request = { name: 'shop', url: server.url(), connections }
  const source = cleanup.use(await postgresKind.open(request, signal()))
  const all = cleanup.move()
  return { admin, source, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

async function idsIn(source: Source, parts: readonly TablePart[]): Promise<number[]> {
  const texts = parts.map(async (part) => buffer(await source.read(part, ['id'], signal())))
  const lines = (await Promise.all(texts)).flatMap((text) => text.toString().split('\n'))
  return lines.filter(Boolean).map(Number)
}

const everyId = Array.from({ length: rows }, (_, index) => index + 1)
const sorted = (ids: readonly number[]) => ids.toSorted((left, right) => left - right)

describe.each([16, 18] as const)('PostgreSQL %i', (major) => {
  test('parts hold each row of the snapshot once, while the table grows and moves', async () => {
    await using made = await prepared(major, 4)
    const { admin, source } = made
    const parts = (await source.parts?.(table, 3, signal())) ?? []
    await admin.query("INSERT INTO event VALUES (0, 'new'); UPDATE event SET text = 'moved'")

    expect(parts).toHaveLength(2)
    expect(sorted(await idsIn(source, parts))).toEqual(everyId)
    const three = [
      { ...table, pages: { from: 0, to: 1 } },
      { ...table, pages: { from: 1, to: 5000 } },
      { ...table, pages: { from: 5000, to: null } },
    ]
    expect(sorted(await idsIn(source, three))).toEqual(everyId)
  })

  test('an empty table is one part without a row', async () => {
    await using made = await prepared(major, 2)
    const parts = (await made.source.parts?.(empty, 4, signal())) ?? []

    expect(parts).toEqual([empty])
    expect(await idsIn(made.source, parts)).toEqual([])
  })

  test('as many connections are open as the operator allows, and one for the snapshot', async () => {
    await using made = await prepared(major, 1)
    const parts = Array.from({ length: 4 }, () => empty)
    await idsIn(made.source, parts)
    const open = await made.admin.query(
      "SELECT FROM pg_stat_activity WHERE application_name = 'stuntdouble'",
    )

    expect(open.rowCount).toBe(2)
  })

  test('the transaction everything is read in is told', async () => {
    await using made = await prepared(major, 1)
    for (let turn = 0; turn < 3; turn++) await made.admin.query('INSERT INTO empty VALUES (1)')
    const horizon = await made.source.horizon?.(signal())

    expect(horizon?.transactions).toBeGreaterThanOrEqual(3)
    expect(horizon?.seconds).toBeGreaterThan(0)
  })
})

test('PostgreSQL 13 keeps a large table whole', async () => {
  await using made = await prepared(13, 2)
  const parts = (await made.source.parts?.(table, 4, signal())) ?? []

  expect(parts).toEqual([table])
  expect(sorted(await idsIn(made.source, parts))).toEqual(everyId)
})
