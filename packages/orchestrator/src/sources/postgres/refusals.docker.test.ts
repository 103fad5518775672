import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newSecret } from '../../lib/ids.ts'
import { postgresKind } from './postgres.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = () => AbortSignal.timeout(60_000)
const open = (url: string, schemas?: string[]) =>
  postgresKind.open({ name: 'shop', url, ...(schemas && { schemas }) }, signal())

let server: TestServer
beforeAll(async () => {
  server = await startServer(16)
})
afterAll(() => server[Symbol.asyncDispose]())

describe('a source that cannot be reached', () => {
  test('is reported with its address', async () => {
    await expect(open('postgres://u:hush@127.0.0.1:1/shop')).rejects.toMatchObject({
      code: 'source_unreachable',
      retryable: true,
      message: 'Source "shop": cannot reach 127.0.0.1:1/shop (connection refused).',
    })
  })

  test('is reported when its name is unknown', async () => {
    await expect(open('postgres://u:hush@nowhere.invalid/shop')).rejects.toMatchObject({
      code: 'source_unreachable',
    })
  })

  test('stops trying when it is told to', async () => {
    await expect(
      postgresKind.open(
        { name: 'shop', url: server.url() },
        AbortSignal.abort(new Error('enough')),
      ),
    ).rejects.toThrow('enough')
  })
})

describe('a source that refuses', () => {
  test('a wrong password is said without repeating it', async () => {
    const password = newSecret()
    const error = await open(server.url({ password })).catch((cause) => cause)

    expect(error).toMatchObject({ code: 'source_refused' })
    expect(error.message).toContain('refused the password')
    expect(`${error.stack}${JSON.stringify(error)}${error.hint}`).not.toContain(password)
  })

  test('a missing password, user or database is said', async () => {
    const refused = { code: 'source_refused' }
    await expect(open(server.url({ password: '' }))).rejects.toMatchObject(refused)
    await expect(open(server.url({ user: 'nobody' }))).rejects.toMatchObject(refused)
    await expect(open(server.url({ database: 'absent' }))).rejects.toMatchObject({
      message: 'Source "shop": the database does not exist.',
    })
  })

  test('a server without TLS is no server for sslmode=require', async () => {
    const url = server.url().replace('sslmode=disable', 'sslmode=require')

    await expect(open(url)).rejects.toMatchObject({
      code: 'source_refused',
      message: 'Source "shop": the server does not speak TLS.',
    })
  })

  test('a schema that is not there is named', async () => {
    await expect(open(server.url(), ['public', 'attic'])).rejects.toThrow('no schema attic')
  })
})

describe('a source whose role sees too little', () => {
  const reader = { user: 'reader', password: newSecret() }
  let database: string

  beforeEach(async () => {
    database = `db${newSecret().toLowerCase().replaceAll('-', '_')}`
    const admin = await server.client()
    await admin.query(`CREATE DATABASE "${database}"`)
    await admin.query(
      `DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD '${reader.password}'`,
    )
  })

  const setUp = async (sql: string) => (await server.client(database)).query(sql)
  const asReader = () => open(server.url({ ...reader, database }))
  const dropRights = () => setUp('DROP OWNED BY reader')

  test('is refused when a table may not be read, naming it and the grant', async () => {
    await setUp('CREATE TABLE yes (a int); CREATE TABLE no (a int); GRANT SELECT ON yes TO reader')
    const error = await asReader().catch((cause) => cause)
    await dropRights()

    expect(error).toMatchObject({ code: 'source_refused' })
    expect(error.message).toContain('role reader may not read public.no.')
    expect(error.hint).toContain('GRANT pg_read_all_data TO "reader"')
  })

  test('is refused when a schema may not be used', async () => {
    await setUp('CREATE SCHEMA s; CREATE TABLE s.t (a int); GRANT SELECT ON s.t TO reader')
    const error = await asReader().catch((cause) => cause)
    await dropRights()

    expect(error.message).toContain('may not read s.t.')
  })

  test('is refused when one column may not be read, and content when all may', async () => {
    await setUp('CREATE TABLE t (a int, b int); GRANT SELECT (a) ON t TO reader')
    await expect(asReader()).rejects.toThrow('may not read public.t.')
    await setUp('GRANT SELECT (b) ON t TO reader; INSERT INTO t VALUES (1, 2)')
    {
      await using source = await asReader()
      expect(await source.count({ schema: 'public', name: 't' }, signal()).catch((e) => e)).toBe(1)
    }
    await dropRights()
  })

  test('is refused when row-level security hides rows, naming the tables and the way out', async () => {
    await setUp(
      'CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO reader',
    )
    const error = await asReader().catch((cause) => cause)
    await setUp('ALTER ROLE reader BYPASSRLS')
    {
      await using source = await asReader()
      expect(source.tables).toHaveLength(1)
    }
    await dropRights()

    expect(error).toMatchObject({ code: 'source_refused' })
    expect(error.message).toContain('row-level security hides rows of public.t from role reader')
    expect(error.hint).toContain('BYPASSRLS')
  })

  test('is refused when what a table needs lies in a schema left out', async () => {
    await setUp(
      "CREATE SCHEMA kinds; CREATE TYPE kinds.mood AS ENUM ('a'); CREATE TABLE t (m kinds.mood)",
    )
    await expect(open(server.url({ database }), ['public'])).rejects.toThrow(
      'table public.t needs type kinds.mood',
    )
  })

  test('is refused when a table needs an extension that a sandbox does not offer', async () => {
    await setUp('CREATE EXTENSION dblink; CREATE TABLE t (keys dblink_pkey_results)')

    await expect(open(server.url({ database }))).rejects.toThrow(
      'table public.t needs extension dblink',
    )
  })
})
