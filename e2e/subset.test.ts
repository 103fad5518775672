import { join } from 'node:path'
import { Sandbox } from '@stuntdouble/sdk'
import type { Handover, Snapshot, SnapshotDetail, SnapshotPlan } from '@stuntdouble/sdk/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { disposeAll } from './lib/dispose-all.ts'
import { type Production, startProduction } from './lib/production.ts'
import { Stuntdouble } from './lib/stuntdouble.ts'

const where = 'organisations.id <= 3'
const configuration = (subset: string) => `sources:
  shop: { kind: postgres, url: "\${env:SHOP_URL}", policy: ./masking.yaml, subset: { ${subset} } }
`
const roots = `{ public.organisations: { where: ${where} }, public.sessions: { limit: 20 } }`
const part = `roots: ${roots}, whole: [public.products]`
const blueprint = 'ttl: 30m\ndata: { db: { source: shop } }\n'

let production: Production
let project: Stuntdouble
beforeAll(async () => {
  production = await startProduction()
  const sql = ['shop-schema.sql', 'shop-data.sql']
  await production.load(...sql.map((name) => join(import.meta.dirname, 'demo', name)))
  project = await Stuntdouble.open({
    files: { 'stuntdouble.yaml': configuration(part), 'sandbox.yaml': blueprint },
    env: { SHOP_URL: production.url },
  })
  await project.json(['data', 'review'])
})
afterAll(async () => {
  await project?.write({ 'stuntdouble.yaml': configuration(part) })
  await disposeAll(project, production)
})

test('what is planned is built, and stands in a sandbox with sums that hold', async () => {
  const before = await production.checksums()
  const plan = await project.json<SnapshotPlan>(['data', 'plan'])
  const planned = new Map(plan.tables.map((each) => [each.table, each]))
  expect(plan).toMatchObject({ source: 'shop', subset: true })
  expect(planned.get('public.organisations')?.why).toContain(`root: where ${where}`)
  expect(planned.get('public.sessions')?.cut).toBeGreaterThan(100)
  expect(planned.get('public.order_items')?.why).toContain('child of public.orders')

  const shown = await project.run(['snapshot', 'build'], { showProgress: false })
  expect(shown.stderr).toMatch(/public\.organisations +\d.*root: where organisations\.id <= 3/)
  const { snapshots } = await project.json<{ snapshots: Snapshot[] }>(['snapshot', 'ls'])
  const [built] = snapshots as [Snapshot]
  const detail = await project.json<SnapshotDetail>(['snapshot', 'show', built.id])
  expect(detail.plan).toEqual(plan)
  for (const { table, rows } of detail.tablesDetail)
    if (table !== 'public.products') expect(rows, table).toBe(planned.get(table)?.rows)

  const { id, url } = await project.json<Handover>(['up'])
  const box = await Sandbox.connect(url)
  const { stdout, stderr } = await box.commands.run(['psql', '-XAtc', sums])
  const [expected] = await production.query<{ sums: string }>(sums)
  expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: expected?.sums, stderr: '' })
  await project.json(['down', id])
  expect(await production.checksums()).toEqual(before)
})

const sums = `SELECT format('%s %s %s', count(*), sum(i.quantity), count(DISTINCT o.customer_id)) AS sums
  FROM orders o JOIN order_items i ON i.order_id = o.id JOIN customers c ON c.id = o.customer_id
  JOIN products p ON p.id = i.product_id WHERE o.organisation_id <= 3`

test.each([
  ['roots: { public.nowhere: { limit: 3 } }', /public\.nowhere/],
  ['roots: { public.people: { where: "emial IS NULL" } }', /column "emial" does not exist/],
  [
    'roots: { public.people: { limit: 1 } }, empty: [public.organisations]',
    /organisations, by public\.people/,
  ],
  ['roots: { public.people: {} }', /stuntdouble\.yaml:2.*`where`, `sample` or `limit`/],
])('a plan of { %s } is refused, with what to do about it', async (subset, message) => {
  await project.write({ 'stuntdouble.yaml': configuration(subset) })
  const { exitCode, stdout, stderr } = await project.run(['data', 'plan'])

  expect({ exitCode, stdout }).toEqual({ exitCode: expect.any(Number), stdout: '' })
  expect(exitCode).not.toBe(0)
  expect(stderr).toMatch(message)
  expect(stderr).toMatch(/hint:/)
})
