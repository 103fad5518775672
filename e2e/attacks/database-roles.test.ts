import pg from 'pg'
import { expect, test } from 'vitest'
import {
  leavesDatabase,
  superuserOnly,
} from '../../packages/cli/src/drill/attacks/database-roles.ts'
import { expectHeld } from './inside.ts'
import { said, useScene } from './scene.ts'

const scene = useScene()
const psql = (sql: string) => `psql "$DATABASE_URL" -XAtq <<'END'\n${sql}\nEND\n`

/** What a statement came to where nobody thought about roles. */
async function asSuperuser(sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: scene().production.adminUrl })
  await client.connect()
  try {
    await client.query(sql)
    return 'done'
  } catch (cause) {
    return (cause as Error).message
  } finally {
    await client.end()
  }
}

/** Cannot stand in a transaction; or goes as far as the network, and fails there. */
const beyond = /cannot run inside a transaction block|could not establish connection/

test.each(superuserOnly)('a superuser %s', async (_what, sql) => {
  expect(await asSuperuser(sql)).toMatch(new RegExp(`^done$|${beyond.source}`))
})

test('a sandbox’s role does none of it, and belongs to no role that may', async () => {
  await expectHeld(leavesDatabase, scene())
})

test.each(superuserOnly)('nor one statement by one: it never %s', async (_what, sql) => {
  expect(await said(scene().box, psql(sql))).toMatch(
    /^(psql:.*)?ERROR: .*(permission|must be|not allowed|superuser)/im,
  )
})

test('it ends no session of another role', async () => {
  const end =
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS DISTINCT FROM current_user'
  expect(await said(scene().box, psql(end))).toMatch(/ERROR:/)
})

test('it owns what was copied, and may wreck it', async () => {
  expect(await said(scene().box, psql('BEGIN; DROP TABLE people; ROLLBACK'))).toBe('')
})
