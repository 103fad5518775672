import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Source, Target } from '../sources.ts'
import { postgresKind } from './postgres.ts'
import { startServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)

describe('some masked rows', () => {
  const stack = new AsyncDisposableStack()
  let source: Source
  let target: Target
  let copy: Client

  beforeAll(async () => {
    const server = stack.use(await startServer(16))
    const client = await server.client()
    await client.query(
      `CREATE DOMAIN zip AS text CHECK (VALUE ~ '^[0-9]{5}$');
       CREATE TABLE staff (id int PRIMARY KEY, mail text CHECK (mail LIKE '%@corp.example'), born date, hired date, zip zip,
         CONSTRAINT grown CHECK (hired > born + 6000), words tsvector NOT NULL);
       CREATE TRIGGER words BEFORE INSERT ON staff FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(words, 'pg_catalog.english', mail);
       INSERT INTO staff SELECT n, 'a' || n || '@corp.example', '1980-01-01', '2010-01-01', '12345' FROM generate_series(1, 300) n;
       INSERT INTO staff SELECT 999, string_agg(md5(n::text), '') || '@corp.example' FROM generate_series(1, 1000) n;
       ALTER TABLE staff ADD CONSTRAINT never CHECK (id < 0) NOT VALID`,
    )
    source = stack.use(await postgresKind.open({ name: 'hr', url: server.url() }, signal))
    const staging = stack.use(await startServer(18))
    const superuser = { ...staging.superuser, database: 'copy' }
    target = stack.use(await postgresKind.target(staging.dial, superuser, signal))
    for (const statement of source.schema.beforeData) await target.run(statement, signal)
    copy = await staging.client('copy')
  })
  afterAll(() => stack.disposeAsync())

  const table = { schema: 'public', name: 'staff' }
  const columns = ['id', 'mail', 'born', 'hired', 'zip']
  const rehearse = (rows: string) =>
    target.rehearse?.(
      { table, columns, rows: Buffer.from(rows), checks: source.schema.checks ?? [] },
      signal,
    )

  test('are whole, and never the very large ones', async () => {
    const some = await source.peek?.({ table, columns, limit: 1000 }, signal)

    expect(some?.toString().split('\n')).toHaveLength(301)
    expect(some?.toString()).toContain('7\ta7@corp.example\t1980-01-01\t2010-01-01\t12345\n')
  })

  test('name the checks that they would break, but none that the source never made sure of', async () => {
    expect(source.schema.checks?.map(({ name }) => name)).toEqual(['staff_mail_check', 'grown'])
    expect(await rehearse('1\ta@corp.example\t1980-01-01\t2010-01-01\t12345\n')).toEqual([])
    expect(await rehearse('1\tb@example.com\t2009-01-01\t2010-01-01\t\\N\n')).toEqual([
      'staff_mail_check',
      'grown',
    ])
  })

  test('that a domain refuses are told of without their contents', async () => {
    const error = await rehearse('1\t\\N\t\\N\t\\N\tJane\n')?.catch((cause) => cause)

    expect(error).toMatchObject({ code: 'snapshot_failed', details: { sqlstate: '23514' } })
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('Jane')
  })

  test('leave nothing behind', async () => {
    await rehearse('1\ta@corp.example\t1980-01-01\t2010-01-01\t12345\n')

    expect((await copy.query('SELECT FROM staff')).rowCount).toBe(0)
    expect((await copy.query("SELECT FROM pg_class WHERE relname = 'rehearsal'")).rowCount).toBe(0)
  })

  test('come to a server whose version is known', () => {
    expect(target.version).toBe(18)
  })
})
