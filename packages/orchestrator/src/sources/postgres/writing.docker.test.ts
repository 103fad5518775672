import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSecret } from '../../lib/ids.ts'
import type { Target } from '../sources.ts'
import { postgresKind } from './postgres.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = () => AbortSignal.timeout(60_000)
const table = { schema: 'public', name: 'person' }

let server: TestServer
beforeAll(async () => {
  server = await startServer(16)
})
afterAll(() => server[Symbol.asyncDispose]())

async function openTarget(): Promise<Target> {
  const database = `copy ${newSecret()}`
  const target = await postgresKind.target(server.dial, { ...server.superuser, database }, signal())
  const sql = 'CREATE TABLE public.person (id int, name varchar(10))'
  await target.run({ what: 'table public.person', sql }, signal())
  return target
}

const write = async (target: Target, rows: string) => {
  const writer = await target.write(table, ['id', 'name'], signal())
  const piped = pipeline(Readable.from([Buffer.from(rows)]), writer.stream)
  const [piping, done] = await Promise.allSettled([piped, writer.done])
  return { piping, done }
}

describe('a staging cluster', () => {
  test('takes rows and gives them back', async () => {
    await using target = await openTarget()
    const { done } = await write(target, '1\tAnn\n2\t\\N\n')

    expect(done).toEqual({ status: 'fulfilled', value: 2 })
    expect(await target.count(table, signal())).toBe(2)
    const back = await buffer(await target.read(table, ['name', 'id'], signal()))
    expect(back.toString()).toBe('Ann\t1\n\\N\t2\n')
  })

  test('writes a table that comes whole frozen, and knows nothing of a stream that broke', async () => {
    await using target = await openTarget()
    const whole = { ...table, whole: true }
    const broken = await target.write(whole, ['id', 'name'], signal())
    broken.stream.on('error', () => {})
    broken.stream.write('1\tAnn\n')
    broken.stream.destroy(new Error('enough'))
    await broken.done.catch(() => {})
    const writer = await target.write(whole, ['id', 'name'], signal())
    await pipeline(Readable.from([Buffer.from('2\tBob\n')]), writer.stream)

    expect(await writer.done).toBe(1)
    expect(await target.count(table, signal())).toBe(1)
  })

  test('complains of a row without repeating it', async () => {
    await using target = await openTarget()
    for (const [row, sqlstate] of [
      ['Jane Doe\tx\n', '22P02'],
      ['1\tJane Doe is too long\n', '22001'],
      ['1\tJane\tDoe\n', '22P04'],
    ] as const) {
      const { piping, done } = await write(target, row)

      expect(done).toMatchObject({
        status: 'rejected',
        reason: { code: 'snapshot_failed', details: { sqlstate } },
      })
      for (const result of [piping, done]) {
        const { reason } = result as PromiseRejectedResult
        expect(`${reason.stack} ${reason.hint} ${JSON.stringify(reason)}`).not.toContain('Jane')
        expect(reason.cause).toBeUndefined()
      }
    }
    expect(await target.count(table, signal())).toBe(0)
    expect((await write(target, '1\tAnn\n')).done.status).toBe('fulfilled')
  })

  test('complains of a statement without repeating a value', async () => {
    await using target = await openTarget()
    await write(target, '1\tJane Doe\n1\tJane Doe\n')
    for (const sql of [
      'ALTER TABLE public.person ADD UNIQUE (name)',
      'ALTER TABLE public.person ALTER name TYPE int USING name::int',
      "ALTER TABLE public.person ADD CHECK (name <> 'Jane Doe')",
      "DO $$BEGIN RAISE EXCEPTION 'Jane Doe' USING ERRCODE = '42501'; END$$",
    ]) {
      const error = await target.run({ what: 'it', sql }, signal()).catch((cause) => cause)

      expect(error).toMatchObject({ code: 'snapshot_failed' })
      expect(`${error.stack} ${error.hint} ${JSON.stringify(error)}`).not.toContain('Jane')
    }
  })

  test('keeps nothing of a table whose rows stopped half way', async () => {
    await using target = await openTarget()
    const writer = await target.write(table, ['id', 'name'], signal())
    writer.stream.write('1\tAnn\n')
    writer.stream.destroy()

    await expect(writer.done).rejects.toMatchObject({ code: 'snapshot_failed' })
    expect(await target.count(table, signal())).toBe(0)
  })

  test('stops writing when it is told to', async () => {
    await using target = await openTarget()
    const abort = new AbortController()
    const writer = await target.write(table, ['id', 'name'], abort.signal)
    writer.stream.on('error', () => {})
    writer.stream.write('1\tAnn\n')
    abort.abort(new Error('enough'))

    await expect(writer.done).rejects.toThrow('enough')
  })

  test('tells its size, and which foreign keys are not validated', async () => {
    await using target = await openTarget()
    await write(target, '1\tAnn\n')
    const sql =
      'ALTER TABLE public.person ADD PRIMARY KEY (id), ADD CONSTRAINT boss FOREIGN KEY (id) REFERENCES public.person NOT VALID'
    await target.run({ what: 'it', sql }, signal())

    expect(await target.sizeBytes(signal())).toBeGreaterThan(1_000_000)
    expect(await target.unvalidatedForeignKeys(signal())).toEqual(['public.person.boss'])
  })
})
