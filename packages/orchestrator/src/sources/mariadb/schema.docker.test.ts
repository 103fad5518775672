import { join } from 'node:path'
import type { Finding } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { roundTrip } from '../testing/round-trip.ts'
import { openSource } from './open.ts'
import { openTarget } from './target.ts'
import { loadScript } from './testing/load-script.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)
let source: TestServer
let copy: TestServer
let findings: readonly Finding[]

beforeAll(async () => {
  ;[source, copy] = await Promise.all([startServer(), startServer()])
  const session = await source.session()
  await session.run('CREATE DATABASE shop CHARACTER SET latin1')
  await session.run('CREATE DATABASE other')
  await session.run('CREATE TABLE other.t (id INT PRIMARY KEY)')
  await session.run('CREATE USER somebody@nowhere')
  await session.run('GRANT ALL ON *.* TO somebody@nowhere')
  await session.run('USE shop')
  await session.run('CREATE VIEW z_mailed AS SELECT 1 AS id, 2 AS email')
  await loadScript(session, join(import.meta.dirname, 'testing/shop.sql'))
  await session.run('CREATE VIEW elsewhere AS SELECT id FROM other.t')
  await session.run('CREATE VIEW above AS SELECT id FROM elsewhere')
  await session.run('CREATE TABLE gone (id INT)')
  await session.run('CREATE VIEW broken AS SELECT id FROM gone')
  await session.run('DROP TABLE gone')
  await using opened = await openSource(
    { name: 'shop', url: source.url({ database: 'shop' }) },
    signal,
  )
  findings = opened.schema.findings
  await using target = await openTarget(copy.dial, { ...copy.superuser, database: 'shop' }, signal)
  await roundTrip(opened, target, signal)
})
afterAll(async () => {
  await source?.[Symbol.asyncDispose]()
  await copy?.[Symbol.asyncDispose]()
})

const shown = async (server: TestServer, sql: string) => {
  const session = await server.session('shop')
  const [row] = await session.rows(sql)
  return Object.values(row ?? {}).find((text) => /^CREATE/i.test(text ?? '')) ?? ''
}

/** What stays behind on purpose. */
const bare = (text: string) =>
  text
    .replaceAll(/ COMMENT\s*=? *'[^']*'/g, '')
    .replaceAll(/ AUTO_INCREMENT=\d+/g, '')
    .replaceAll(/DEFINER=`[^`]*`@`[^`]*` /g, '')

test.each(['customer', 'counted', 'tree', 'event', 'region', 'hashed'])(
  'table %s is what it was, without its comments',
  async (name) => {
    const [made, was] = [
      await shown(copy, `SHOW CREATE TABLE ${name}`),
      await shown(source, `SHOW CREATE TABLE ${name}`),
    ]

    expect(was).toContain(name)
    expect(made).not.toContain('Mary')
    expect(bare(made)).toBe(bare(was))
  },
)

test.each(['VIEW z_mailed', 'VIEW a_total'])('%s is what it was, and the owner’s', async (what) => {
  const made = await shown(copy, `SHOW CREATE ${what}`)

  expect(made).toContain('DEFINER=`app`@`%`')
  expect(bare(made)).toBe(bare(await shown(source, `SHOW CREATE ${what}`)))
})

test.each(['FUNCTION twice', 'PROCEDURE fill', 'TRIGGER b_first', 'TRIGGER a_second'])(
  '%s is the owner’s, and does what it did',
  async (what) => {
    const made = await shown(copy, `SHOW CREATE ${what}`)

    expect(made).toMatch(/DEFINER=[`"]app[`"]@[`"]%[`"] /)
    expect(made).not.toContain('Mary')
  },
)

test('code runs as it did, triggers in their order and under their mode', async () => {
  const session = await copy.session('shop')
  await session.run("INSERT INTO event VALUES (3, '2024-05-05', 'n')")

  expect(await session.rows('SELECT what FROM event WHERE id = 3')).toEqual([{ what: 'anz' }])
  expect(await session.rows('SELECT twice(4) AS x')).toEqual([{ x: '8' }])
  expect(await session.rows('SELECT n FROM a_total')).toEqual([{ n: '2' }])
  await session.run('CALL fill(2, @done)')
  expect(await session.rows('SELECT @done AS done')).toEqual([{ done: '2' }])
})

test('a counting column goes on behind its rows, and a sequence behind its values', async () => {
  const session = await copy.session('shop')
  await session.run("INSERT INTO customer (email) VALUES ('x')")

  expect(await session.rows("SELECT id, number FROM customer WHERE email = 'x'")).toEqual([
    { id: '3', number: '1010' },
  ])
})

test('what stays behind is told, by its name', () => {
  const told = findings.map(({ where, message }) => `${where}: ${message}`)

  expect(told).toEqual([
    expect.stringMatching(/^view elsewhere: .*another database/),
    expect.stringMatching(/^view above: .*left out/),
    expect.stringMatching(/^view broken: .*no longer there/),
    expect.stringMatching(/^database: .*events \(1\)/),
    expect.stringMatching(/^database: .*comments of tables \(1\)/),
  ])
})
