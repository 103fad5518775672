import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Source } from '../sources.ts'
import { postgresKind } from './postgres.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = () => AbortSignal.timeout(60_000)
const big = { schema: 'public', name: 'big' }
const rows = 400_000

let server: TestServer
let admin: Client
beforeAll(async () => {
  server = await startServer(16)
  admin = await server.client()
  await admin.query(
    `CREATE TABLE big AS SELECT n AS id, repeat('x', 40) AS text, NULL::text AS nothing FROM generate_series(1, ${rows}) n;
     ANALYZE big;
     CREATE TABLE people (id int, email varchar(60), doc jsonb, flag bool, blob bytea);
     INSERT INTO people VALUES (1, E'a@b.c\\t\\\\', '{"a": 1}', true, '\\x00ff'), (2, NULL, NULL, NULL, NULL);
     INSERT INTO people SELECT 3, NULL, to_jsonb(repeat('long', 1000)), false, NULL`,
  )
})
afterAll(() => server[Symbol.asyncDispose]())

const open = () => postgresKind.open({ name: 'shop', url: server.url() }, signal())
const ours = async () =>
  (
    await admin.query<{ pid: number; state: string }>(
      "SELECT pid, state FROM pg_stat_activity WHERE application_name = 'stuntdouble'",
    )
  ).rows

describe('a source that is open', () => {
  test('shows one moment, whatever is written since', async () => {
    await using source = await open()
    await admin.query("INSERT INTO big VALUES (0, 'new', NULL)")

    const text = await buffer(await source.read(big, ['id'], signal()))
    expect(await source.count(big, signal())).toBe(rows)
    expect(text.toString().split('\n')).toHaveLength(rows + 1)
    await admin.query('DELETE FROM big WHERE id = 0')
  })

  test('reads two tables at once and keeps the third waiting', async () => {
    await using source = await open()
    const streams = [
      await source.read(big, ['text'], signal()),
      await source.read(big, ['id'], signal()),
    ]
    const third = source.read(big, ['id'], signal())

    const sizes = await Promise.all(streams.map(async (stream) => (await buffer(stream)).length))
    expect(sizes[0]).toBe(rows * 41)
    expect((await buffer(await third)).length).toBe(sizes[1])
  })

  test('lets one that waits for its turn go, and serves the one behind', async () => {
    await using source = await open()
    const busy = [
      await source.read(big, ['id'], signal()),
      await source.read(big, ['id'], signal()),
    ]
    const abort = new AbortController()
    const impatient = source.count(big, abort.signal)
    const patient = source.count(big, signal())
    abort.abort(new Error('enough'))

    await expect(impatient).rejects.toThrow('enough')
    await Promise.all(busy.map((stream) => buffer(stream)))
    expect(await patient).toBe(rows)
  })

  test('ends its connections and its transaction when it is closed', async () => {
    const source = await open()
    await buffer(await source.read(big, ['id'], signal()))
    expect((await ours()).length).toBeGreaterThan(1)
    await source[Symbol.asyncDispose]()

    await expect.poll(ours).toEqual([])
  })

  test('cannot write', async () => {
    await using source = await open()
    await admin.query(
      `CREATE FUNCTION sly() RETURNS text LANGUAGE sql VOLATILE AS $$DELETE FROM people RETURNING 'gone'$$`,
    )
    await admin.query('CREATE VIEW trap AS SELECT sly() AS id')
    const error = await buffer(
      await source.read({ schema: 'public', name: 'trap' }, ['id'], signal()),
    ).catch((cause) => cause)

    expect(error).toMatchObject({ code: 'source_refused' })
    expect((await admin.query('SELECT FROM people')).rowCount).toBe(3)
    await admin.query('DROP VIEW trap; DROP FUNCTION sly')
  })
})

describe('a stream of rows', () => {
  const firstChunk = (stream: Readable) => new Promise((resolve) => stream.once('data', resolve))

  test('breaks, and does not end, when the connection is lost', async () => {
    await using source = await open()
    const stream = await source.read(big, ['id', 'text'], signal())
    await firstChunk(stream)
    stream.pause()
    for (const { pid, state } of await ours()) {
      if (state === 'active') await admin.query('SELECT pg_terminate_backend($1)', [pid])
    }

    await expect(buffer(stream)).rejects.toMatchObject({ name: 'SandboxError' })
  })

  test('that breaks before anybody reads it keeps its error for the one who does', async () => {
    await using source = await open()
    const abort = new AbortController()
    const stream = await source.read(big, ['id', 'text'], abort.signal)
    const closed = new Promise<void>((resolve) => stream.once('close', resolve))
    abort.abort(new Error('enough'))
    await closed

    await expect(buffer(stream)).rejects.toThrow('enough')
  })

  test('that is left early hands its place to the next', async () => {
    await using source = await open()
    for (let n = 0; n < 5; n++) {
      const stream = await source.read(big, ['id', 'text'], signal())
      await firstChunk(stream)
      stream.destroy()
    }

    expect(await source.count(big, signal())).toBe(rows)
  })

  test('ends with the reason when it is aborted', async () => {
    await using source = await open()
    const abort = new AbortController()
    const stream = await source.read(big, ['id', 'text'], abort.signal)
    await firstChunk(stream)
    abort.abort(new Error('enough'))

    await expect(buffer(stream)).rejects.toThrow('enough')
    expect(await source.count(big, signal())).toBe(rows)
  })
})

describe('samples', () => {
  const sampled = async (source: Source, name: string, limit: number) => {
    const table = source.tables.find((one) => one.name === name)
    const samples = await source.sample(table ? [table] : [], limit, signal())
    return samples.get(`public.${name}`)
  }

  test('hold each column’s values as COPY writes them, without escapes', async () => {
    await using source = await open()
    const [ids, emails, , flags, blobs] = (await sampled(source, 'people', 10)) ?? []

    expect(ids).toEqual(['1', '2', '3'])
    expect(emails).toEqual(['a@b.c\t\\', null, null])
    expect(flags).toEqual(['t', null, 'f'])
    expect(blobs).toEqual(['\\x00ff', null, null])
  })

  test('cut a long value', async () => {
    await using source = await open()
    const [, , docs] = (await sampled(source, 'people', 10)) ?? []

    expect(docs?.[2]).toHaveLength(500)
  })

  test('come from all over a large table', async () => {
    await using source = await open()
    const [ids] = (await sampled(source, 'big', 200)) ?? []

    expect(ids).toHaveLength(200)
    expect(Math.max(...(ids ?? []).map(Number))).toBeGreaterThan(1_000)
  })
})
