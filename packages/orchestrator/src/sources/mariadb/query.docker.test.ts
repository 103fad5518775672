import { afterAll, beforeAll, expect, test } from 'vitest'
import type { QueryRequest } from '../sources.ts'
import { query } from './query.ts'
import { startServer, type TestServer } from './testing/server.ts'

const anySignal = new AbortController().signal
const plain = { parameters: [], readOnly: false, maxRows: 100, timeoutMs: 10_000 }

let server: TestServer
beforeAll(async () => {
  server = await startServer()
  const session = await server.session()
  await session.run('CREATE DATABASE shop')
  await session.run('CREATE TABLE shop.t (id int PRIMARY KEY, said text)')
  await session.run("INSERT INTO shop.t VALUES (1, 'one'), (2, NULL)")
  await session.run('CREATE PROCEDURE shop.twice() BEGIN SELECT 1 AS a; SELECT 2 AS b; END')
})
afterAll(() => server?.[Symbol.asyncDispose]())

const ask = (sql: string, more: Partial<QueryRequest> = {}) => {
  const credentials = { ...server.superuser, database: 'shop' }
  return query({ dial: server.dial, credentials }, { ...plain, sql, ...more }, anySignal)
}

test('rows come with their columns’ names and types', async () => {
  const { columns, rows, more } = await ask('SELECT id, said, id FROM t ORDER BY id')

  expect(columns.map(({ name }) => name)).toEqual(['id', 'said', 'id'])
  expect(columns[0]?.type).toBe('long')
  expect({ rows, more }).toEqual({
    ...{
      rows: [
        [1, 'one', 1],
        [2, null, 2],
      ],
      more: false,
    },
  })
})

test('values are what JSON can say exactly, and text where it cannot', async () => {
  const { rows } = await ask(
    "SELECT 9007199254740991, 9007199254740993, 0.1, 5e-1, x'00ff', DATE '2026-01-02', repeat('x', 9000)",
  )

  expect(rows).toEqual([
    [
      ...[9007199254740991, '9007199254740993', '0.1', 0.5, '0x00ff', '2026-01-02'],
      `${'x'.repeat(8192)}… [808 more characters]`,
    ],
  ])
})

test('a statement takes parameters, however they are written', async () => {
  const { rows } = await ask('SELECT ? + 1, ?, ?', { parameters: [41, "\\'; DROP TABLE t", null] })

  expect(rows).toEqual([[42, "\\'; DROP TABLE t", null]])
})

test('so many rows are read and no more', async () => {
  const { rows, more } = await ask('SELECT seq FROM seq_1_to_1000000', { maxRows: 3 })

  expect({ rows, more }).toEqual({ rows: [[1], [2], [3]], more: true })
})

test('a procedure is shown by its first rows', async () => {
  expect((await ask('CALL twice()')).rows).toEqual([[1]])
})

test('a change is kept and counted, and refused where only reading is wanted', async () => {
  expect(await ask('INSERT INTO t VALUES (3, NULL), (4, NULL)')).toMatchObject({ affected: 2 })
  await expect(ask('DELETE FROM t', { readOnly: true })).rejects.toThrow(/READ ONLY/)
  expect(await ask('DELETE FROM t WHERE id > 2')).toMatchObject({ affected: 2 })
})

test.each([
  ['SELECT 1; SELECT 2', /SQL syntax/],
  ['SELECT * FROM nothing', /doesn't exist/],
  ["LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t", /./],
])('%s is refused with the server’s words', async (sql, message) => {
  await expect(ask(sql)).rejects.toThrow(message)
  expect((await ask('SELECT count(*) FROM t')).rows).toEqual([[2]])
})

test('what takes too long is ended, and what is too large is cut', async () => {
  await expect(ask('SELECT sleep(60)', { timeoutMs: 200 })).rejects.toMatchObject({
    code: 'timed_out',
  })
  await expect(ask("SELECT repeat('x', 1000000) FROM seq_1_to_100")).rejects.toThrow(
    /larger than 16 MiB/,
  )
})
