import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Source, Target } from '../sources.ts'
import { openSource } from './open.ts'
import type { Session } from './session.ts'
import { openTarget } from './target.ts'
import { startServer } from './testing/server.ts'

const signal = AbortSignal.timeout(120_000)

describe('some masked rows', () => {
  const stack = new AsyncDisposableStack()
  let source: Source
  let target: Target
  let copy: Session

  beforeAll(async () => {
    const server = stack.use(await startServer())
    const staging = stack.use(await startServer())
    const session = await server.session()
    for (const sql of [
      'CREATE DATABASE hr',
      `CREATE TABLE hr.staff (id INT AUTO_INCREMENT PRIMARY KEY, mail VARCHAR(50) CHECK (mail LIKE '%@corp.example'),
         born DATE, hired DATE, mood ENUM('good', 'bad'), doc JSON, picture LONGBLOB,
         year INT AS (YEAR(born)), CONSTRAINT grown CHECK (hired > born))`,
      `CREATE TABLE hr.visit (id INT, day DATE, PRIMARY KEY (id, day)) PARTITION BY RANGE (YEAR(day))
         (PARTITION a VALUES LESS THAN (2020))`,
      `INSERT INTO hr.staff (mail, born, hired, mood, picture) SELECT CONCAT('a', seq, '@corp.example'), '1980-01-01', '2010-01-01', 'good', x'00ff5c' FROM hr.seq_1_to_300`,
      "INSERT INTO hr.staff (id, picture) VALUES (999, REPEAT('x', 5000))",
    ])
      await session.run(sql)
    const url = server.url({ database: 'hr' })
    source = stack.use(await openSource({ name: 'hr', url }, signal))
    const superuser = { ...staging.superuser, database: 'hr' }
    target = stack.use(await openTarget(staging.dial, superuser, signal))
    for (const statement of source.schema.beforeData) await target.run(statement, signal)
    copy = await staging.session('hr')
  })
  afterAll(() => stack.disposeAsync())

  const table = { schema: 'hr', name: 'staff' }
  const columns = ['id', 'mail', 'born', 'hired', 'mood', 'doc', 'picture']
  const good = '1\ta@corp.example\t1980-01-01\t2010-01-01\tgood\t{}\t\\N\n'
  const rehearse = async (rows: string) =>
    target.rehearse?.(
      { table, columns, rows: Buffer.from(rows), checks: source.schema.checks ?? [] },
      signal,
    )
  const complaintOf = (rows: string) => rehearse(rows).catch((cause) => cause)

  test('are whole, and never the very large ones', async () => {
    const some = await source.peek?.({ table, columns, limit: 1000 }, signal)

    expect(some?.toString().split('\n')).toHaveLength(301)
    expect(some?.toString()).toContain(
      '7\ta7@corp.example\t1980-01-01\t2010-01-01\tgood\t\\N\t\\\\x00ff5c\n',
    )
  })

  test('name the checks that they would break', async () => {
    const checks = source.schema.checks?.map(({ name, columns }) => [name, columns])

    expect(checks).toEqual([
      ['doc', ['doc']],
      ['grown', ['born', 'hired']],
      ['mail', ['mail']],
    ])
    expect(await rehearse(good)).toEqual([])
    expect(await rehearse('1\tb@example.com\t2019-01-01\t2010-01-01\t\\N\tno\t\\N\n')).toEqual([
      'doc',
      'grown',
      'mail',
    ])
  })

  test.each([
    ['are too long', good.replace('a@', `${'Jane'.repeat(20)}@`), 'column mail'],
    ['are no day', good.replace('1980-01-01', 'Jane'), 'column born'],
    ['are no label', good.replace('good', 'Jane'), 'column mood'],
    ['are equal in the primary key', good + good, 'error 1062'],
  ])('that %s are told of by their column, without their contents', async (_, rows, said) => {
    const error = await complaintOf(rows)

    expect(error).toMatchObject({ code: 'snapshot_failed', retryable: false })
    expect(error.message).toContain(said)
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('Jane')
    expect(await rehearse(good)).toEqual([])
  })

  test('that find no partition are told of', async () => {
    const visit = { schema: 'hr', name: 'visit' }
    const rows = Buffer.from('1\t2024-01-01\n')
    const tried = target.rehearse?.(
      { table: visit, columns: ['id', 'day'], rows, checks: [] },
      signal,
    )

    await expect(tried).rejects.toMatchObject({
      ...{ code: 'snapshot_failed', details: { errno: 1526 } },
      hint: expect.stringContaining('partition'),
    })
  })

  test('leave nothing behind, and are asked again when they are copied', async () => {
    await rehearse(good)

    expect(await copy.rows('SELECT * FROM staff')).toEqual([])
    const writer = await target.write(table, columns, signal)
    writer.stream.end(Buffer.from(good.replace('corp', 'other')))
    await expect(writer.done).rejects.toMatchObject({ details: { errno: 4025 } })
  })
})
