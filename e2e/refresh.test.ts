import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Sandbox } from '@stuntdouble/sdk'
import type { Handover, SandboxView, Snapshot } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const configuration = `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml, refresh: 20s, retain: 2 }
`
const blueprint = 'ttl: 30m\ndata: { db: { source: shop } }\n'

test('a source is rebuilt by itself, the same from the same rows; running sandboxes keep theirs', async () => {
  await using production = await startProduction()
  const sql = ['shop-schema.sql', 'shop-data.sql']
  await production.load(...sql.map((name) => join(import.meta.dirname, 'demo', name)))
  await using project = await Stuntdouble.open({
    files: { 'stuntdouble.yaml': configuration, 'sandbox.yaml': blueprint },
    env: { SHOP_URL: production.url },
  })
  await project.json(['data', 'review', '--source', 'shop'])
  const first = await project.json<Snapshot>(['snapshot', 'build', '--source', 'shop'])
  const before = await project.json<Handover>(['up'])

  const newest = await anotherThan(project, first.id)
  const after = await project.json<Handover>(['up'])

  expect(await snapshotOf(project, before.id)).toBe(first.id)
  expect(await snapshotOf(project, after.id)).not.toBe(first.id)
  expect(newest.rows).toBe(first.rows)
  const sums = await sumsOf(before.url)
  expect(sums.split('\n').length).toBeGreaterThan(5)
  expect(await sumsOf(after.url)).toBe(sums)
})

async function anotherThan(project: Stuntdouble, id: string): Promise<Snapshot> {
  for (let waited = 0; waited < 120; waited += 1) {
    const { snapshots } = await project.json<{ snapshots: Snapshot[] }>(['snapshot', 'ls'])
    const rebuilt = snapshots.find((snapshot) => snapshot.state === 'sealed' && snapshot.id !== id)
    if (rebuilt) return rebuilt
    await sleep(1000)
  }
  throw new Error(`nothing was rebuilt: ${await project.log()}`)
}

async function snapshotOf(project: Stuntdouble, id: string) {
  const { sandboxes } = await project.json<{ sandboxes: SandboxView[] }>(['ls'])
  return sandboxes.find((sandbox) => sandbox.id === id)?.snapshot
}

/** A sum over the rows of every table, whatever their order. */
async function sumsOf(url: string): Promise<string> {
  const box = await Sandbox.connect(url)
  const { stdout, stderr } = await box.commands.run(['sh', '-c', script])
  expect(stderr).toBe('')
  return stdout.trim()
}

const script = `psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1 <<'SQL'
SELECT format('SELECT %L, count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '''')) FROM ONLY %I.%I AS t',
  relname, nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
 WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1 \\gexec
SQL`
