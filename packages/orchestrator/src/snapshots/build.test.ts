import { writeFileSync } from 'node:fs'
import { Snapshot, SnapshotDetail } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { isSigned } from './manifest.ts'
import { createSnapshotStore } from './store.ts'
import { openBuild } from './testing/build-under-test.ts'
import { shop, shopPolicy } from './testing/shop.ts'

const never = new AbortController().signal

test('a built snapshot is sealed, listed and ready for a sandbox', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const built = Snapshot.parse(await under.build())

  expect(built).toMatchObject({ source: 'shop', state: 'sealed', rows: 100, tables: 2, masked: 2 })
  expect(under.snapshots.list()).toEqual([built])
  expect(await under.remains()).toEqual([`volume ${built.id}`, `row ${built.id} sealed`])
  expect(under.snapshots.sealed({ source: 'shop' })).toMatchObject({
    ...{ id: built.id, volume: built.id, image: 'stuntdouble/postgres:15' },
    credentials: { user: 'app', database: 'shop' },
  })
})

test('rows arrive masked, and what is kept arrives as it was', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await under.build()

  const lines = under.copy.lines('public.customer')
  expect(lines).toHaveLength(40)
  expect(lines.join()).not.toMatch(/sakila|Real/)
  expect(lines[0]).toMatch(/^0\t.+@.+\t.+$/)
  expect(under.copy.lines('public.event')[3]).toBe('3\tlogin number 3')
})

test('the details of a snapshot are signed and change with the rows', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  const detail = SnapshotDetail.parse(under.snapshots.show(id))
  const sealed = createSnapshotStore(under.storage, () => 0).get(id)?.sealed

  expect(detail.tablesDetail).toEqual([
    { table: 'public.customer', rows: 40, maskedColumns: ['email', 'name'] },
    { table: 'public.event', rows: 60, maskedColumns: [] },
  ])
  expect(detail.leakCheck).toMatchObject({ values: 80, searched: 80, tooShort: 0, sampledOneIn: 1 })
  expect(detail.leakCheck?.bytes).toBeGreaterThan(80 * 20)
  if (!sealed) throw new Error('nothing was sealed')
  expect(isSigned(sealed.manifest, sealed.signature)).toBe(true)
  expect(isSigned({ ...sealed.manifest, rows: 99 }, sealed.signature)).toBe(false)
})

test('progress counts rows up to the end', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await under.build()

  const phases = [...new Set(under.progress.map(({ phase }) => phase))]
  expect(phases).toEqual(
    expect.arrayContaining([
      'inspect',
      'stage',
      'schema',
      'copy',
      'index',
      'verify',
      'leaks',
      'seal',
    ]),
  )
  const copying = under.progress.filter(({ unit }) => unit === 'rows')
  expect(copying.at(-1)).toMatchObject({ done: 100, total: 100, etaSeconds: 0 })
})

test('a kept column that looks like e-mail addresses is a finding', async () => {
  await using under = openBuild(shop(), shopPolicy.replace('email: email', 'email: keep'))

  expect((await under.build()).findings).toContainEqual(
    expect.objectContaining({ severity: 'warning', where: 'public.customer.email' }),
  )
})

test('a second build of a source at the same time is refused', async () => {
  await using under = openBuild(shop({ hangs: 'public.customer' }), shopPolicy)
  const stop = new AbortController()
  const first = under.build(stop.signal)

  await expect(under.build()).rejects.toMatchObject({ code: 'conflict' })
  expect(under.snapshots.building).toBe(true)
  stop.abort()
  await expect(first).rejects.toThrow()
  expect(under.snapshots.building).toBe(false)
})

test('an unknown source names those that are configured', async () => {
  await using under = openBuild(shop(), shopPolicy)

  await expect(under.snapshots.build('toString', () => {}, never)).rejects.toMatchObject({
    code: 'source_not_found',
    hint: expect.stringContaining('shop'),
  })
})

test('a policy that was changed after a build is another digest', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const before = under.snapshots.show((await under.build()).id).policyDigest
  writeFileSync(under.policyPath, `# reviewed\n${shopPolicy}`)
  const after = under.snapshots.show((await under.build()).id).policyDigest

  expect(after).not.toBe(before)
})
