import { SandboxError } from '@stuntdouble/sdk/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSource } from './open.ts'
import type { Session } from './session.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)
const canary = 'canary-5e11'
let server: TestServer
let admin: Session

beforeAll(async () => {
  server = await startServer()
  admin = await server.session()
  for (const sql of [
    'CREATE DATABASE shop',
    'CREATE TABLE shop.customer (id INT PRIMARY KEY)',
    'CREATE VIEW shop.seen AS SELECT id FROM shop.customer',
    `CREATE USER reader@'%' IDENTIFIED BY '${canary}'`,
  ]) {
    await admin.run(sql)
  }
})
afterAll(() => server?.[Symbol.asyncDispose]())

const reader = () => ({ user: 'reader', password: canary, database: 'shop' })

async function refusal(url: string, schemas?: readonly string[]): Promise<SandboxError> {
  const request = { name: 'shop', url, ...(schemas && { schemas }) }
  const error = await openSource(request, signal).then(
    (opened) => opened[Symbol.asyncDispose]().then(() => undefined),
    (cause: unknown) => cause,
  )
  if (!(error instanceof SandboxError)) throw new Error('it was not refused')
  expect(JSON.stringify([error.message, error.hint, error.details, error.stack])).not.toContain(
    canary,
  )
  return error
}

/** Grants for one test, and takes them back. */
async function granted(...grants: readonly string[]) {
  for (const grant of grants) await admin.run(`GRANT ${grant} TO reader@'%'`)
  return {
    [Symbol.asyncDispose]: async () => {
      await admin.run("REVOKE ALL PRIVILEGES, GRANT OPTION FROM reader@'%'")
    },
  }
}

const everything = 'SELECT, SHOW VIEW ON shop.*'

test('a wrong password is refused', async () => {
  const error = await refusal(server.url({ ...reader(), password: `${canary}-not` }))

  expect(error).toMatchObject({
    code: 'source_refused',
    message: /refused the user or its password/,
  })
})

test('a server that does not answer is unreachable, and worth another try', async () => {
  const error = await refusal(`mysql://reader:${canary}@127.0.0.1:1/shop`)

  expect(error).toMatchObject({ code: 'source_unreachable', retryable: true })
})

test('an account that may read some tables is refused: it would not see the others', async () => {
  await using _ = await granted('SELECT ON shop.customer')

  const error = await refusal(server.url(reader()))
  expect(error).toMatchObject({ code: 'source_refused', message: /may not read all of shop/ })
  expect(error.hint).toContain('GRANT SELECT, SHOW VIEW ON `shop`.*')
})

test('an account that may not see what a view reads is refused', async () => {
  await using _ = await granted('SELECT ON shop.*')

  expect(await refusal(server.url(reader()))).toMatchObject({
    message: /how the views of shop are defined/,
  })
})

test.each([
  ['MyISAM', 'loose (id INT) ENGINE=MyISAM', /loose are not InnoDB \(MyISAM\)/],
  ['memory', 'loose (id INT) ENGINE=MEMORY', /loose are not InnoDB \(MEMORY\)/],
  ['versioned', 'loose (id INT) WITH SYSTEM VERSIONING', /loose keep their history/],
])('a %s table has no moment to be read at, and is refused by name', async (_, table, message) => {
  await using _grants = await granted(everything)
  await admin.run(`CREATE TABLE shop.${table}`)
  const error = await refusal(server.url(reader())).finally(() =>
    admin.run('DROP TABLE shop.loose'),
  )

  expect(error).toMatchObject({ code: 'source_refused', message })
})

test.each([
  ['another database', ['other'], /one database/],
  ['a database that is not there', undefined, /does not exist|may not use/],
])('%s is refused', async (_, schemas, message) => {
  await using _grants = await granted(everything)
  const database = schemas === undefined ? 'nowhere' : 'shop'

  expect(await refusal(server.url({ ...reader(), database }), schemas)).toMatchObject({ message })
})

test('TLS is not given up where it is asked for', async () => {
  await using _ = await granted(everything)
  const url = server.url(reader()).replace('DISABLED', 'REQUIRED')

  expect(await refusal(url)).toMatchObject({ message: /does not speak TLS/ })
})

test('TLS that is only preferred is gone without', async () => {
  await using _ = await granted(everything)
  const url = server.url(reader()).replace('?ssl-mode=DISABLED', '')
  await using source = await openSource({ name: 'shop', url }, signal)

  expect(source.address).toMatch(/^127\.0\.0\.1:\d+\/shop$/)
})

test('settings that a sandbox does not take over are told of', async () => {
  await using _ = await granted(everything)
  const mode = await admin.rows<{ mode: string }>('SELECT @@global.sql_mode AS mode')
  await admin.run("SET GLOBAL sql_mode = 'ANSI_QUOTES'")
  await using source = await openSource({ name: 'shop', url: server.url(reader()) }, signal)
  await admin.run(`SET GLOBAL sql_mode = '${mode[0]?.mode}'`)

  expect(source.schema.findings).toContainEqual({
    severity: 'warning',
    where: 'server',
    message: expect.stringContaining('sql_mode'),
  })
})

test('rows that are elsewhere are never read, nor is what reads them', async () => {
  await using _grants = await granted(everything)
  await admin.run("INSTALL SONAME 'ha_blackhole'")
  await admin.run('CREATE TABLE shop.far (id INT) ENGINE=BLACKHOLE')
  await admin.run('CREATE VIEW shop.farther AS SELECT id FROM shop.far')
  await using source = await openSource({ name: 'shop', url: server.url(reader()) }, signal)

  expect(source.tables.map(({ name }) => name)).toEqual(['customer'])
  expect(source.schema.findings).toContainEqual({
    severity: 'warning',
    where: 'table far',
    message: expect.stringContaining('not in this server (BLACKHOLE)'),
  })
  const made = [...source.schema.beforeData, ...source.schema.afterData].map(({ what }) => what)
  expect(made).toEqual(['table shop.customer', 'view shop.seen'])
})

test('a server that production knows a password of is not so much as dialled', async () => {
  await using _grants = await granted(everything)
  for (const sql of [
    "INSTALL SONAME 'ha_federatedx'",
    'CREATE DATABASE farm',
    'CREATE TABLE farm.t (id INT PRIMARY KEY)',
    `CREATE USER far@'%' IDENTIFIED BY '${canary}'`,
    "GRANT ALL ON farm.* TO far@'%'",
    `CREATE TABLE shop.remote (id INT PRIMARY KEY) ENGINE=FEDERATED CONNECTION='mysql://far:${canary}@127.0.0.1:3306/farm/t'`,
    'CREATE VIEW shop.remotest AS SELECT id FROM shop.remote',
    'FLUSH TABLES',
    "SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1",
    'TRUNCATE mysql.general_log',
  ])
    await admin.run(sql)
  const dialled = async () => {
    const logged =
      "SELECT COUNT(*) AS n FROM mysql.general_log WHERE command_type = 'Connect' AND argument LIKE 'far@%'"
    return Number((await admin.rows<{ n: string }>(logged))[0]?.n)
  }
  {
    await using source = await openSource({ name: 'shop', url: server.url(reader()) }, signal)
    await source.sample(source.tables, 10, signal)
    expect(JSON.stringify(source.schema)).not.toContain(canary)
    expect(source.schema.findings).toContainEqual(
      expect.objectContaining({ where: 'table remote' }),
    )
    expect(await dialled()).toBe(0)
  }

  await admin.rows('SELECT * FROM shop.remote')
  expect(await dialled()).toBe(1)
  await admin.run('SET GLOBAL general_log = 0')
  await admin.run('DROP VIEW shop.remotest')
  await admin.run('DROP TABLE shop.remote')
})

test('without the right to see them, code and triggers are told of as left out', async () => {
  await using _ = await granted(everything)
  await using source = await openSource({ name: 'shop', url: server.url(reader()) }, signal)

  const told = source.schema.findings.map(({ where }) => where)
  expect(told).toEqual(expect.arrayContaining(['routines', 'triggers']))
})
