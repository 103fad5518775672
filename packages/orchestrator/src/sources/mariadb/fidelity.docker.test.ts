import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { roundTrip } from '../testing/round-trip.ts'
import { openSource } from './open.ts'
import { openTarget } from './target.ts'
import { loadScript } from './testing/load-script.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)
let source: TestServer
let copy: TestServer

beforeAll(async () => {
  ;[source, copy] = await Promise.all([startServer(), startServer()])
  const session = await source.session()
  await session.run('CREATE DATABASE matrix')
  await session.run('USE matrix')
  await loadScript(session, join(import.meta.dirname, 'testing/types.sql'))
  await using opened = await openSource(
    { name: 'shop', url: source.url({ database: 'matrix' }) },
    signal,
  )
  await using target = await openTarget(
    copy.dial,
    { ...copy.superuser, database: 'matrix' },
    signal,
  )
  await roundTrip(opened, target, signal)
})
afterAll(async () => {
  await source?.[Symbol.asyncDispose]()
  await copy?.[Symbol.asyncDispose]()
})

/** Every value by its bytes, as either server stores it. */
async function bytesOf(server: TestServer) {
  const session = await server.session('matrix')
  await session.run("SET SESSION time_zone = '+00:00'")
  const columns = await session.rows<{ name: string }>(
    "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'matrix'",
  )
  const fields = columns.map(({ name }) => `HEX(CAST(\`${name}\` AS BINARY)) AS \`${name}\``)
  const floats = 'HEX(CAST(single AS DOUBLE) = 0.1), CAST(single AS DOUBLE) AS s, twice + 0 AS t'
  return session.rows(`SELECT ${fields.join(', ')}, ${floats} FROM matrix ORDER BY id`)
}

test('every value of every type is the same in the copy, byte for byte', async () => {
  const rows = await bytesOf(copy)

  expect(rows).toHaveLength(5)
  expect(rows).toEqual(await bytesOf(source))
})

test('columns are what they were, without their comments', async () => {
  const definition = async (server: TestServer) => {
    const session = await server.session('matrix')
    const [row] = await session.rows<{ 'Create Table': string }>('SHOW CREATE TABLE matrix')
    return row?.['Create Table'] ?? ''
  }
  const made = await definition(copy)

  expect(made).not.toContain('nobody reads this')
  const expected = (await definition(source))
    .replace(" COMMENT 'nobody reads this'", '')
    .replace(" COMMENT='a table'", '')
    .replace(/ \/\*.*?COMPRESSED\*\//, '')
    .replace(/ AUTO_INCREMENT=\d+/, '')
  expect(made.replace(/ AUTO_INCREMENT=\d+/, '')).toBe(expected)
})
