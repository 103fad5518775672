import { expect, test } from 'vitest'
import { openBuild } from './testing/build-under-test.ts'
import { refused } from './testing/fake-store.ts'
import { shop, shopPolicy } from './testing/shop.ts'

const hour = 3_600_000
const never = new AbortController().signal
const rhythm = { refreshMs: 24 * hour, retain: 2 }

test('a source is built again when its newest snapshot is old enough, and not before', async () => {
  await using under = openBuild(shop(), shopPolicy, rhythm)
  const first = await under.build()
  await under.snapshots.refresh(never)
  expect(under.snapshots.list()).toHaveLength(1)

  under.pass(24 * hour)
  await under.snapshots.refresh(never)
  await under.snapshots.refresh(never)

  expect(under.snapshots.list()).toHaveLength(2)
  expect(under.snapshots.sealed({ source: 'shop' }).id).not.toBe(first.id)
})

test('a source that nobody has built is left alone', async () => {
  await using under = openBuild(shop(), shopPolicy, rhythm)
  under.pass(1000 * hour)
  await under.snapshots.refresh(never)

  expect(under.snapshots.list()).toEqual([])
})

test('another process knows what is due', async () => {
  await using under = openBuild(shop(), shopPolicy, rhythm)
  await under.build()
  under.pass(25 * hour)
  await under.restarted().refresh(never)

  expect(under.snapshots.list()).toHaveLength(2)
})

test('unchanged rows and the same key give the same copy', async () => {
  await using under = openBuild(shop(), shopPolicy, rhythm)
  await under.build()
  const before = under.copy.lines('public.customer')
  under.pass(24 * hour)
  await under.snapshots.refresh(never)

  expect(under.snapshots.list()).toHaveLength(2)
  expect(under.copy.lines('public.customer')).toEqual(before)
})

test('the newest are retained, and an older one while something runs on it', async () => {
  await using under = openBuild(shop(), shopPolicy, rhythm)
  const used = await under.build()
  const clone = { name: 'sbaaaaaaaaaaaa-db', pod: 'sbaaaaaaaaaaaa', uid: 1, gid: 1, mode: 0o700 }
  await under.engine.volumes.clone(used.id, clone, never)
  const built = [used.id]
  for (let day = 0; day < 3; day++) {
    under.pass(24 * hour)
    await under.snapshots.refresh(never)
    built.unshift(under.snapshots.sealed({ source: 'shop' }).id)
  }
  const ids = () => under.snapshots.list().map(({ id }) => id)

  under.pass(hour)
  await under.snapshots.refresh(never)
  expect(ids()).toEqual([built[0], built[1], used.id])

  await under.engine.volumes.remove(clone.name, never)
  await under.snapshots.refresh(never)
  expect(ids()).toEqual([built[0], built[1]])
})

test('whoever has just chosen the newest can still begin on it', async () => {
  await using under = openBuild(shop(), shopPolicy, { ...rhythm, retain: 1 })
  const chosen = await under.build()
  under.pass(24 * hour)
  await under.snapshots.refresh(never)

  expect(under.snapshots.sealed({ source: 'shop', snapshot: chosen.id }).id).toBe(chosen.id)
})

test('a rebuild that fails is told, stored and tried again later, not at once', async () => {
  const store = shop()
  await using under = openBuild(store, shopPolicy, rhythm)
  const { id } = await under.build()
  under.pass(24 * hour)
  store.refusal = refused('the source is not there')
  await under.snapshots.refresh(never)
  await under.snapshots.refresh(never)

  expect(under.refreshFailures).toEqual(['shop: snapshot_failed'])
  expect(under.snapshots.sources()[0]?.refresh).toMatchObject({
    ...{ everySeconds: 86_400, failures: 1, lastFailure: 'snapshot_failed' },
  })
  expect(under.snapshots.sealed({ source: 'shop' }).id).toBe(id)

  delete store.refusal
  under.pass(60_000)
  await under.snapshots.refresh(never)
  expect(under.snapshots.list()).toHaveLength(2)
  expect(under.snapshots.sources()[0]?.refresh).toMatchObject({ failures: 0, lastFailure: null })
})

test('a source that is being built by hand is not built twice, and that is no failure', async () => {
  const store = shop()
  await using under = openBuild(store, shopPolicy, rhythm)
  await under.build()
  under.pass(24 * hour)
  store.hangs = 'public.event'
  const stop = new AbortController()
  const byHand = under.build(stop.signal).catch(() => 'stopped')
  await under.snapshots.refresh(never)
  stop.abort()

  expect(await byHand).toBe('stopped')
  expect(under.refreshFailures).toEqual([])
  expect(under.snapshots.list()).toHaveLength(1)
})

test('an orchestrator that stops ends a rebuild, leaves nothing of it and calls it no failure', async () => {
  const store = shop()
  await using under = openBuild(store, shopPolicy, rhythm)
  const { id } = await under.build()
  under.pass(24 * hour)
  store.hangs = 'public.event'
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 50)
  await under.snapshots.refresh(stop.signal)

  expect(under.refreshFailures).toEqual([])
  expect(await under.remains()).toEqual([`volume ${id}`, `row ${id} sealed`])
})

test('whoever listens hears of a snapshot when it can be used', async () => {
  await using under = openBuild(shop(), shopPolicy)
  const { id } = await under.build()
  await under.snapshots.remove(id, never)

  expect(under.events).toEqual([`${id} building`, `${id} sealed`, `${id} failed`, `${id} removed`])
})
