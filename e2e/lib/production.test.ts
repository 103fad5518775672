import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { startProduction } from './production.ts'

test('production tells its tables apart, whatever the order of their rows', async () => {
  await using production = await startProduction()
  const file = join(tmpdir(), `production-${process.pid}.sql`)
  onTestFinished(() => rm(file, { force: true }))
  await writeFile(
    file,
    'CREATE TABLE a (n int); CREATE TABLE b (n int); INSERT INTO a VALUES (1), (2)',
  )
  await production.load(file)
  const before = await production.checksums()
  expect(Object.keys(before)).toEqual(['public.a', 'public.b'])

  await production.query('DELETE FROM a; INSERT INTO a VALUES (2), (1)')
  expect(await production.checksums()).toEqual(before)
  await production.query('UPDATE a SET n = 3 WHERE n = 2')
  const { 'public.a': changed, ...others } = await production.checksums()
  expect(changed).not.toBe(before['public.a'])
  expect(others).toEqual({ 'public.b': before['public.b'] })

  await using reader = await connect(production.url)
  await expect(reader.query('SELECT * FROM a')).resolves.toMatchObject({ rowCount: 2 })
  await expect(reader.query('DELETE FROM a')).rejects.toThrow('permission denied')
})

async function connect(connectionString: string) {
  const client = new pg.Client({ connectionString })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}
