import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { roundTrip } from '../testing/round-trip.ts'
import { postgresKind } from './postgres.ts'
import { startServer } from './testing/server.ts'

const signal = AbortSignal.timeout(100_000)
const stack = new AsyncDisposableStack()
let after: Client

beforeAll(async () => {
  const server = stack.use(await startServer(16))
  await (await server.client()).query('CREATE DATABASE shop')
  await (await server.client('shop')).query(`
    CREATE TABLE orders (id serial PRIMARY KEY, ref int GENERATED ALWAYS AS IDENTITY);
    INSERT INTO orders (id) SELECT nextval('orders_id_seq') FROM generate_series(1, 40);
    DELETE FROM orders WHERE id > 30;
    CREATE SEQUENCE shared; CREATE TABLE "Odd one" (a bigint DEFAULT nextval('shared')); CREATE TABLE b (a bigint DEFAULT nextval('shared'));
    INSERT INTO "Odd one" VALUES (7); INSERT INTO b VALUES (19); SELECT setval('shared', 5000);
    CREATE SEQUENCE down INCREMENT -1; CREATE TABLE falling (n int DEFAULT nextval('down')); INSERT INTO falling SELECT nextval('down') FROM generate_series(1, 5);
    CREATE SEQUENCE tickets; CREATE TABLE t (code text DEFAULT 'T-' || nextval('tickets')); INSERT INTO t DEFAULT VALUES; SELECT setval('tickets', 812345);
    CREATE SEQUENCE loose; SELECT setval('loose', 712345);
    CREATE TABLE none (id serial PRIMARY KEY); SELECT setval('none_id_seq', 912345);`)
  const staging = stack.use(await startServer(18))
  const source = stack.use(
    await postgresKind.open({ name: 'shop', url: server.url({ database: 'shop' }) }, signal),
  )
  const superuser = { ...staging.superuser, database: 'shop' }
  const target = stack.use(await postgresKind.target(staging.dial, superuser, signal))
  await roundTrip(source, target, signal)
  after = await staging.client('shop')
})
afterAll(() => stack.disposeAsync())

const next = async (sequence: string) =>
  Number((await after.query('SELECT nextval($1) AS n', [sequence])).rows[0].n)

test('a sequence goes on behind the greatest value that the copy has, not where the source stands', async () => {
  expect(await next('orders_id_seq')).toBe(31)
  expect(await next('orders_ref_seq')).toBe(31)
})

test('one that feeds several columns goes on behind them all', async () => {
  expect(await next('shared')).toBe(20)
})

test('one that counts downwards goes on below', async () => {
  expect(await next('down')).toBe(-6)
})

test('one that no column of numbers takes its values from begins anew', async () => {
  expect(await next('loose')).toBe(1)
  expect(await next('tickets')).toBe(1)
  expect(await next('none_id_seq')).toBe(1)
})
