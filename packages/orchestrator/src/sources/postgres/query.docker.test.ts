import { SandboxError } from '@stuntdouble/sdk/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QueryRequest } from '../sources.ts'
import { query } from './query.ts'
import { startServer, type TestServer } from './testing/server.ts'

const anySignal = new AbortController().signal
const plain = { parameters: [], readOnly: false, maxRows: 100, timeoutMs: 10_000 }

let server: TestServer
beforeAll(async () => {
  server = await startServer(16)
  const client = await server.client()
  await client.query(
    'CREATE TABLE t (id int PRIMARY KEY, said text); INSERT INTO t VALUES (1, $$one$$), (2, NULL)',
  )
})
afterAll(() => server?.[Symbol.asyncDispose]())

const ask = (sql: string, more: Partial<QueryRequest> = {}, signal = anySignal) =>
  query({ dial: server.dial, credentials: server.superuser }, { ...plain, sql, ...more }, signal)

const refusal = async (asked: Promise<unknown>) =>
  (await asked.then(
    () => undefined,
    (cause) => cause,
  )) as SandboxError

test('rows come with their columns’ names and types, twice of one name or not', async () => {
  expect(await ask('SELECT id, said, id FROM t ORDER BY id')).toEqual({
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'said', type: 'text' },
      { name: 'id', type: 'integer' },
    ],
    rows: [
      [1, 'one', 1],
      [2, null, 2],
    ],
    ...{ affected: null, more: false },
  })
})

test('values are what JSON can say exactly, and text where it cannot', async () => {
  const { rows } = await ask(
    `SELECT true, 9007199254740991::int8, 9007199254740993::int8, 0.1::numeric, 0.5::float8, 'NaN'::float8,
      '{"a":[1]}'::jsonb, '\\x00ff'::bytea, '{1,2}'::int[], DATE '2026-01-02', repeat('x', 9000)`,
  )

  expect(rows).toEqual([
    [
      ...[true, 9007199254740991, '9007199254740993', '0.1', 0.5, 'NaN', { a: [1] }, '\\x00ff'],
      ...['{1,2}', '2026-01-02', `${'x'.repeat(8192)}… [808 more characters]`],
    ],
  ])
})

test('a statement takes parameters', async () => {
  const { rows } = await ask('SELECT $1::int + 1, $2::text, $3::text', {
    parameters: [41, "'; DROP TABLE t; --", null],
  })

  expect(rows).toEqual([[42, "'; DROP TABLE t; --", null]])
})

test('so many rows are read and no more', async () => {
  const { rows, more } = await ask(
    'SELECT a FROM generate_series(1, 9999) a, generate_series(1, 9999) b',
    { maxRows: 3 },
  )

  expect({ rows, more }).toEqual({ rows: [[1], [1], [1]], more: true })
})

test('a change is kept, and all of it, however few of its rows are shown', async () => {
  const { rows, affected } = await ask(
    'WITH made AS (INSERT INTO t SELECT n FROM generate_series(10, 19) n RETURNING id) SELECT * FROM made',
    { maxRows: 1 },
  )
  const shown = await ask('INSERT INTO t SELECT n FROM generate_series(20, 29) n RETURNING id', {
    maxRows: 1,
  })
  const counted = await ask('DELETE FROM t WHERE id >= 10')

  expect([rows.length, affected, shown.rows.length]).toEqual([1, null, 1])
  expect(counted).toEqual({ columns: [], rows: [], affected: 20, more: false })
})

test('nothing is changed where only reading is wanted', async () => {
  const refused = await refusal(ask('DELETE FROM t', { readOnly: true }))

  expect(refused).toMatchObject({ code: 'usage', message: expect.stringMatching(/read-only/) })
  expect((await ask('SELECT count(*) FROM t')).rows).toEqual([[2]])
})

describe('is refused with the server’s words', () => {
  test.each([
    ['SELECT 1; DELETE FROM t', /multiple commands/],
    ['SELEC 1', /syntax error.*at character 1/],
    ['SELECT * FROM nothing', /"nothing" does not exist/],
    ['SELECT 1/0', /division by zero/],
    ['', /^$|./],
  ])('%s', async (sql, message) => {
    const asked = await refusal(ask(sql))
    if (sql === '') return

    expect(asked).toBeInstanceOf(SandboxError)
    expect(asked.message).toMatch(message)
  })

  test.each(['COPY t FROM STDIN', 'COPY t TO STDOUT'])('%s', async (sql) => {
    const started = performance.now()
    await refusal(ask(sql, { timeoutMs: 3000 }))

    expect(performance.now() - started).toBeLessThan(8_000)
    expect((await ask('SELECT count(*) FROM t')).rows).toEqual([[2]])
  })
})

test('what takes too long is ended, by the server and without leaving it at work', async () => {
  const refused = await refusal(ask('SELECT pg_sleep(60)', { timeoutMs: 200 }))
  const { rows } = await ask("SELECT count(*) FROM pg_stat_activity WHERE query ~ 'pg_sleep.60'")

  expect(refused).toMatchObject({ code: 'timed_out' })
  expect(rows).toEqual([[1]])
})

test('an answer too large for us is cut, and what was not committed is undone', async () => {
  const refused = await refusal(ask("SELECT repeat('x', 200000000)"))

  expect(refused.message).toMatch(/larger than 16 MiB/)
})

test('who no longer waits has it ended', async () => {
  const signal = AbortSignal.timeout(200)

  await expect(ask('SELECT pg_sleep(60)', {}, signal)).rejects.toThrow()
})
