import { expect, test } from 'vitest'
import { openBuild } from './testing/build-under-test.ts'
import { shop, shopPolicy } from './testing/shop.ts'

const never = new AbortController().signal

test('an equally named source of another configuration has no snapshot', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  const other = under.restarted('/home/other/stuntdouble.yaml')

  expect(() => other.sealed({ source: 'shop' })).toThrow(/no sealed snapshot/)
  expect(() => other.sealed({ source: 'shop', snapshot: id })).toThrow(/No snapshot/)
})

test('the newest snapshot is taken, and a named one when it is named', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const older = await under.build()
  const newer = await under.build()

  expect(under.snapshots.sealed({ source: 'shop' }).id).toBe(newer.id)
  expect(under.snapshots.sealed({ source: 'shop', snapshot: older.id }).id).toBe(older.id)
})

test('every snapshot has a password of its own', async () => {
  await using under = openBuild(shop(), shopPolicy)
  await under.build()
  const first = under.snapshots.sealed({ source: 'shop' }).credentials.password
  await under.build()

  expect(under.snapshots.sealed({ source: 'shop' }).credentials.password).not.toBe(first)
})

test('a removed snapshot is gone from the engine and the journal', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  await under.snapshots.remove(id, never)

  expect(await under.remains()).toEqual([])
  expect(() => under.snapshots.show(id)).toThrow(/No snapshot/)
})

test('a snapshot that a sandbox runs on stays', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  const clone = { name: 'sb1-db', pod: 'sb1', uid: 999, gid: 999, mode: 0o700 }
  await under.engine.volumes.clone(id, clone, never)

  await expect(under.snapshots.remove(id, never)).rejects.toMatchObject({ code: 'snapshot_in_use' })
  expect(under.snapshots.sealed({ source: 'shop' }).id).toBe(id)
})
