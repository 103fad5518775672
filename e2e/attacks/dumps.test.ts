import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { openEngine } from '../lib/container-runtime.ts'
import { plainOf } from './plain-container.ts'
import { said, useScene } from './scene.ts'

const scene = useScene()
const insert = 'INSERT INTO bait VALUES (100)'

describe('a production whose schema attacks whoever restores it', () => {
  test('runs a program where its dump is given to psql, and where a superuser owns its functions', async () => {
    const dump = String.raw`printf '%s\n' '\! touch /tmp/escaped' > /tmp/dump.sql`
    const restore = 'psql -f /tmp/dump.sql; ls /tmp/escaped'
    expect(await inProduction(`${dump}; ${restore}`)).toMatch(/^\/tmp\/escaped$/m)
    await inProduction('rm /tmp/escaped')
    const client = new pg.Client({ connectionString: scene().production.adminUrl })
    await client.connect()
    await client.query('BEGIN')
    await client.query(insert)
    await client.query('ROLLBACK')
    const { rows } = await client.query("SELECT (pg_stat_file('/tmp/escaped')).size::int AS size")
    await client.end()
    expect(rows).toEqual([{ size: 0 }])
  })

  test('came along, and runs nothing: not while it was copied, and not in a sandbox', async () => {
    const { box } = scene()
    const psql = (sql: string) => said(box, `psql "$DATABASE_URL" -XAt <<'END'\n${sql}\nEND\n`)
    expect(await psql('SELECT count(*) FROM bait')).toBe('2\n')
    expect(await psql("SELECT count(*) FROM pg_class WHERE relname ~ 'escaped'")).not.toBe('0\n')

    expect(await psql(insert)).toMatch(/ERROR: .*must be superuser|ERROR: .*permission denied/)
    expect(await psql('SELECT passwd FROM escaping')).toMatch(/ERROR: .*permission denied/)
    expect(await said(box, 'ls /tmp/escaped 2>&1')).toMatch(/cannot access/)
    expect(await inDatabase(box.id, 'ls /tmp /var/lib/stuntdouble')).toMatch(/^data$/m)
    expect(await inDatabase(box.id, 'ls /tmp/escaped 2>&1')).toMatch(/cannot access/)
  })
})

const inProduction = (script: string) =>
  plainOf(scene().production.id).said(
    `export PGHOST=/tmp PGUSER=postgres PGDATABASE=shop; ${script}`,
  )

/** Beside the database, where a program of its server would have left its mark. */
async function inDatabase(id: string, script: string): Promise<string> {
  const docker = await openEngine()
  const label = [`dev.stuntdouble.sandbox=${id}`, 'dev.stuntdouble.kind=db']
  const [found] = await docker.listContainers({ filters: JSON.stringify({ label }) })
  return plainOf(found?.Id ?? '').said(script)
}
