import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSource } from './open.ts'
import { connect, type Session, withoutFiles } from './session.ts'
import { openSnapshot } from './snapshot-session.ts'
import { parseSourceUrl } from './source-url.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)
const table = { schema: 'shop', name: 'customer' }
let server: TestServer
let admin: Session

beforeAll(async () => {
  server = await startServer('--max-allowed-packet=64M')
  admin = await server.session()
  await admin.run('CREATE DATABASE shop')
  await admin.run('CREATE TABLE shop.customer (id INT PRIMARY KEY, name VARCHAR(40), big LONGBLOB)')
  await admin.run('USE shop')
  await admin.run(
    "INSERT INTO customer (id, name) SELECT seq, CONCAT('n', seq) FROM seq_1_to_50000",
  )
})
afterAll(() => server?.[Symbol.asyncDispose]())

const open = () => openSource({ name: 'shop', url: server.url({ database: 'shop' }) }, signal)

test('every row is read as of one moment, whatever happens meanwhile', async () => {
  await using source = await open()
  await admin.run('DELETE FROM shop.customer WHERE id <= 10')
  const rows = (await text(await source.read(table, ['id', 'name'], signal))).split('\n')

  expect(rows).toHaveLength(50_001)
  expect(rows[0]).toBe('1\tn1')
  expect(await source.count(table, signal)).toBe(50_000)
})

test('a definition cannot change between the look at it and the last row', async () => {
  await using source = await open()
  const late = await server.session('shop')
  await late.run('SET SESSION lock_wait_timeout = 1')

  await expect(late.run('ALTER TABLE customer ADD COLUMN more INT')).rejects.toMatchObject({
    errno: 1205,
  })
  expect(source.tables).toHaveLength(1)
})

test('nothing can be written, and no file of ours is given away', async () => {
  const url = parseSourceUrl('shop', server.url({ database: 'shop' }))
  const { session } = await openSnapshot('shop', url, signal)
  await using _ = session

  await expect(session.run('INSERT INTO customer (id) VALUES (-1)')).rejects.toMatchObject({
    errno: 1792,
  })
  await using other = await connect({ ...url.options, ...withoutFiles }, signal)
  await expect(
    other.run("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE customer (name)"),
  ).rejects.toMatchObject({ errno: expect.any(Number) })
})

test('a reader that leaves early, or is aborted, lets its connection go', async () => {
  await using source = await open()
  const stop = new AbortController()
  const rows = await source.read(table, ['id', 'name'], stop.signal)
  stop.abort(new Error('enough'))

  await expect(text(rows)).rejects.toThrow('enough')
})

test('a slow reader holds the server back, not rows in memory', async () => {
  await using source = await open()
  const rows = await source.read(table, ['id', 'name'], signal)
  await new Promise((resolve) => setTimeout(resolve, 300))

  expect(rows.readableLength).toBeLessThan(1_000_000)
  expect((await buffer(rows)).length).toBeGreaterThan(500_000)
})

test('a value of 40 MB is read whole', async () => {
  await admin.run("REPLACE INTO shop.customer VALUES (0, 'big', REPEAT('x', 40000000))")
  await using source = await open()
  const rows = await source.read(table, ['id', 'big'], signal)
  let bytes = 0
  for await (const chunk of rows) bytes += (chunk as Buffer).length

  expect(bytes).toBeGreaterThan(80_000_000)
  await admin.run('DELETE FROM shop.customer WHERE id = 0')
})

test('a sample comes from both ends', async () => {
  await using source = await open()
  const samples = await source.sample(source.tables, 20, signal)
  const [ids = []] = samples.get('shop.customer') ?? []

  expect(ids).toHaveLength(20)
  expect(ids).toContain('50000')
})
