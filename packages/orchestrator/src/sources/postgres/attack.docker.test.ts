import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newSecret } from '../../lib/ids.ts'
import { roundTrip } from '../testing/round-trip.ts'
import { postgresKind } from './postgres.ts'
import { startServer, type TestServer } from './testing/server.ts'

const signal = AbortSignal.timeout(300_000)
const marker = join(tmpdir(), `stuntdouble-attack-${newSecret()}`)
const role = { user: 'app', password: newSecret(), database: 'victim' }

describe('a source whose schema attacks the copy', () => {
  const stack = new AsyncDisposableStack()
  let staging: TestServer
  let inside: Client
  let hidden: Buffer

  beforeAll(async () => {
    const hostile = stack.use(await startServer(16))
    staging = stack.use(await startServer(18))
    const owner = await hostile.client()
    const sql = await readFile(new URL('testing/hostile-schema.sql', import.meta.url), 'utf8')
    await owner.query(sql.replaceAll('MARKER', marker))

    const source = stack.use(await postgresKind.open({ name: 'evil', url: hostile.url() }, signal))
    const superuser = { ...staging.superuser, database: 'victim' }
    const target = stack.use(await postgresKind.target(staging.dial, superuser, signal))
    await roundTrip(source, target, signal)
    inside = await staging.client('victim')
    const swap =
      'DROP TABLE public.decoy; CREATE VIEW public.decoy AS SELECT 1 AS id WHERE public.spy()'
    await target.run({ what: 'swap', sql: swap }, signal)
    await target.count({ schema: 'public', name: 'decoy' }, signal)
    await buffer(await target.read({ schema: 'public', name: 'decoy' }, ['id'], signal))
    hidden = await buffer(
      await target.read({ schema: 'public', name: 'hidden' }, ['secret'], signal),
    )
    await target.finish(role, signal)
  })
  afterAll(() => stack.disposeAsync())

  test('runs as the sandbox’s role, and all it tries is refused', async () => {
    const { rows } = await inside.query(
      'SELECT invoker AS outcome FROM public.loot UNION ALL SELECT definer FROM public.loot UNION ALL SELECT generated FROM public.bait',
    )
    expect(rows).toHaveLength(3)
    for (const { outcome } of rows) {
      expect(outcome).toMatch(/^app\/app /)
      // To become oneself again is no attack by itself; everything after it must fail.
      expect(outcome.replaceAll(/DONE\(RESET [A-Z ]+\)/g, '')).not.toContain('DONE')
      expect(outcome.match(/42501/g)?.length).toBeGreaterThan(8)
    }
  })

  test('does not lure the superuser into a view of its own', async () => {
    const { rows } = await inside.query('SELECT * FROM public.log')

    expect(rows).toEqual([
      { who: 'stuntdouble_check', super: false },
      { who: 'stuntdouble_check', super: false },
    ])
  })

  test('hides no row from the checks', () => {
    expect(hidden.toString()).toBe('a row that no policy shows\n')
  })

  test('writes no file and starts no program', () => {
    expect(existsSync(marker)).toBe(false)
  })

  test('gains no role and no privilege', async () => {
    const { rows } = await inside.query(
      "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)",
    )
    expect(rows).toEqual([{ rolname: 'postgres' }])
  })

  test('cannot write into the superuser’s statements by a name', async () => {
    const { rows } = await inside.query(
      "SELECT rolname FROM pg_roles WHERE rolname ~ 'ALTER ROLE' AND NOT rolcanlogin AND NOT rolsuper",
    )
    expect(rows).toHaveLength(2)
  })

  test('leaves a cluster that lets in the sandbox’s role alone', async () => {
    const soon = () => AbortSignal.timeout(10_000)
    await expect(postgresKind.ready(staging.dial, role, soon())).resolves.toBeUndefined()
    await expect(
      postgresKind.ready(staging.dial, { ...staging.superuser, database: 'victim' }, soon()),
    ).rejects.toMatchObject({ code: 'snapshot_failed' })
  })
})
