import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Target } from '../sources.ts'
import { dialled } from './dialled.ts'
import { connect } from './session.ts'
import { openTarget } from './target.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)
const canary = 'mary.canary@example.com'
const table = { schema: 'shop', name: 'customer' }
let server: TestServer
let target: Target

beforeAll(async () => {
  server = await startServer('--max-allowed-packet=256M')
  target = await openTarget(server.dial, { ...server.superuser, database: 'shop' }, signal)
  const sql =
    'CREATE TABLE shop.customer (id INT PRIMARY KEY, email VARCHAR(30) NOT NULL, picture LONGBLOB) ENGINE=InnoDB'
  await target.run({ what: 'table', sql }, signal)
})
afterAll(async () => {
  await target?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

async function write(chunks: readonly string[], columns = ['id', 'email']): Promise<number> {
  const writer = await target.write(table, columns, signal)
  await pipeline(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), writer.stream)
  return writer.done
}

const refused = async (chunks: readonly string[]) => {
  const error = await write(chunks).then(
    () => undefined,
    (cause: Error) => cause,
  )
  expect(String(error?.message)).not.toContain(canary)
  expect(JSON.stringify(error)).not.toContain(canary)
  expect(await target.count(table, signal)).toBe(0)
  return error
}

test.each([
  ['are equal where they must differ', ['1\ta\n1\t', `${canary}\n`], 1062],
  ['are too long', [`1\t${canary}-${canary}\n`], 1265],
  ['are NULL where they must not be', ['1\t\\N\n'], 1263],
  ['are no number', [`${canary}\ta\n`], 1366],
  ['are of another width', ['1\n'], 1261],
  ['are broken characters', ['1\ta\n2\t\\'], undefined],
])('rows that %s are refused, all of them, and no value is told', async (_, chunks, errno) => {
  const error = await refused(chunks)

  expect(error).toMatchObject({
    code: 'snapshot_failed',
    ...(errno !== undefined && { details: { errno } }),
  })
})

test('rows that stop coming are not kept', async () => {
  const writer = await target.write(table, ['id', 'email'], signal)
  const rows = Readable.from(
    (function* () {
      yield Buffer.from('1\ta\n')
      throw new Error('the source broke')
    })(),
  )
  await expect(pipeline(rows, writer.stream)).rejects.toThrow('the source broke')
  await expect(writer.done).rejects.toThrow()

  expect(await target.count(table, signal)).toBe(0)
})

test('a row larger than a packet of the protocol is taken', async () => {
  const hex = 'ab'.repeat(20_000_000)
  expect(await write([`1\tx\t\\\\x${hex}\n`], ['id', 'email', 'picture'])).toBe(1)
  const session = await server.session('shop')

  expect(await session.rows('SELECT LENGTH(picture) AS n FROM customer')).toEqual([
    { n: '20000000' },
  ])
  await session.run('DELETE FROM customer')
})

test('what the source wrote is run by the owner, who may not touch the server', async () => {
  const hostile = [
    "CREATE FUNCTION shop.steal() RETURNS TEXT RETURN LOAD_FILE('/etc/passwd')",
    'CREATE DEFINER=`staging`@`%` PROCEDURE shop.p() SELECT 1',
    'CREATE VIEW shop.v AS SELECT * FROM mysql.global_priv',
    'CREATE EVENT mysql.e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    'SET GLOBAL general_log = 1',
    "SELECT 1 INTO OUTFILE '/tmp/out'",
    'CREATE TABLE shop.a (id INT); DROP TABLE shop.customer',
  ]
  for (const sql of hostile.slice(1)) {
    await expect(target.run({ what: 'attack', sql }, signal), sql).rejects.toMatchObject({
      code: 'snapshot_failed',
    })
  }
  const session = await server.session('shop')
  await target.run({ what: 'attack', sql: hostile[0] ?? '' }, signal)
  const [made] = await session.rows(
    "SELECT definer FROM mysql.proc WHERE db = 'shop' AND name = 'steal'",
  )
  expect(made).toEqual({ definer: 'app@%' })
  expect(await session.rows('SELECT shop.steal() AS f')).toEqual([{ f: null }])
})

test('after the end only the sandbox’s role can log in', async () => {
  const role = { user: 'app', password: 'in-the-sandbox', database: 'shop' }
  await target.writeOut(signal)
  expect(await target.sizeBytes(signal)).toBeGreaterThan(10_000)
  const session = await server.session('shop')
  await target.finish(role, signal)

  expect(await session.rows('SELECT user FROM mysql.user ORDER BY user')).not.toContainEqual({
    user: server.superuser.user,
  })
  await expect(server.session('shop')).rejects.toMatchObject({ errno: 1045 })
  await using inside = await connect(await dialled(server.dial, role, signal), signal)
  expect(await inside.rows('SELECT COUNT(*) AS n FROM customer')).toEqual([{ n: '0' }])
})
