import { SnapshotDetail, SubsetConfig } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { isSigned } from './manifest.ts'
import { createSnapshotStore } from './store.ts'
import { openBuild } from './testing/build-under-test.ts'
import { shop, shopPolicy } from './testing/shop.ts'

const subset = SubsetConfig.parse({ roots: { 'public.customer': { limit: 7 } } })
const signal = new AbortController().signal

test('of a subset the chosen rows arrive and no others', async () => {
  await using under = openBuild(shop(), shopPolicy, { subset })

  expect(await under.build()).toMatchObject({ rows: 7, tables: 2 })
  expect(under.copy.lines('public.customer')).toHaveLength(7)
  expect(under.copy.lines('public.event')).toEqual([])
})

test('the plan of a subset is shown before anything is made, and signed with the snapshot', async () => {
  await using under = openBuild(shop(), shopPolicy, { subset })
  const { id } = await under.build()
  const { plan } = SnapshotDetail.parse(under.snapshots.show(id))
  const shown = under.progress.findIndex((progress) => progress.plan !== undefined)
  const staged = under.progress.findIndex(({ phase }) => phase === 'stage')
  const sealed = createSnapshotStore(under.storage, () => 0).get(id)?.sealed

  expect(plan).toEqual({
    ...{ source: 'shop', subset: true, rows: 7, of: 100 },
    tables: [
      { table: 'public.customer', why: ['root: limit 7'], rows: 7, of: 40, cut: 0 },
      { table: 'public.event', why: ['not reached'], rows: 0, of: 60, cut: 0 },
    ],
  })
  expect(under.progress[shown]?.plan).toEqual(plan)
  expect(shown).toBeGreaterThan(0)
  expect(shown).toBeLessThan(staged)
  if (!sealed) throw new Error('nothing was sealed')
  expect(isSigned(sealed.manifest, sealed.signature)).toBe(true)
  expect(isSigned({ ...sealed.manifest, plan: undefined }, sealed.signature)).toBe(false)
})

test('a plan is what a build then copies', async () => {
  await using under = openBuild(shop(), shopPolicy, { subset })
  const plan = await under.snapshots.plan('shop', () => {}, signal)
  const { id } = await under.build()

  expect(under.snapshots.show(id).plan).toEqual(plan)
})

test('a copy that lost a chosen row is not sealed', async () => {
  await using under = openBuild(shop({ loses: 'public.customer' }), shopPolicy, { subset })

  await expect(under.build()).rejects.toThrow(
    /public\.customer: 7 rows in the source, 7 copied, 6 in the copy/,
  )
  expect(await under.remains()).toEqual([])
})

test('a kind that is only copied whole refuses a subset before anything is made', async () => {
  await using under = openBuild(shop({ wholeOnly: true }), shopPolicy, { subset })
  const refusal = { code: 'config_invalid', hint: expect.stringContaining('`subset`') }

  await expect(under.build()).rejects.toMatchObject(refusal)
  await expect(under.snapshots.plan('shop', () => {}, signal)).rejects.toMatchObject(refusal)
  expect(await under.remains()).toEqual([])
})

test.each([
  ['nothing at all', {}],
  ['a root without a word', { roots: { 'public.customer': {} } }],
  ['a sample of more than there is', { roots: { 'public.customer': { sample: '101%' } } }],
  ['a sample that is no part', { roots: { 'public.customer': { sample: '1' } } }],
  ['a table without a schema', { whole: ['customer'] }],
  ['an unknown word', { whole: ['public.customer'], children: true }],
])('%s is no subset', (_, given) => {
  expect(SubsetConfig.safeParse(given).success).toBe(false)
})
