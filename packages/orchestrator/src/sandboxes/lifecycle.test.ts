import { describe, expect, test } from 'vitest'
import { eventTypes, isRunning, openLifecycle } from './testing/lifecycle-under-test.ts'

const minute = 60_000

describe('a sandbox', () => {
  test('is created, ready, and gone with a clean receipt', async () => {
    await using under = await openLifecycle()
    const { id, url, token, databases } = await under.create()

    expect(url).toBe(`http://gateway.example/s/${token}`)
    expect(databases).toMatchObject({
      db: { url: 'postgres://app:only-1n-this-s4ndb0x-8151c1@db:5432/shop', source: 'shop' },
    })
    expect(under.sandboxes.get(id)).toMatchObject({ state: 'ready', clean: null })
    expect(under.capabilities.verify(token)).toBe(id)

    const receipt = await under.sandboxes.end(id, 'down')
    expect(receipt).toMatchObject({ clean: true, reason: 'down', doubts: [] })
    expect(receipt.inventory.length).toBeGreaterThan(5)
    expect(await under.remains()).toEqual([])
    expect(() => under.capabilities.verify(token)).toThrow(/has ended/)
    expect(eventTypes(under.recorder.list(id))).toEqual(['created', 'ready', 'ending', 'ended'])
  })

  test('ends once, however often it is ended', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create()
    const receipts = await Promise.all([1, 2, 3].map(() => under.sandboxes.end(id, 'down')))

    expect(new Set(receipts.map(({ signature }) => signature.value)).size).toBe(1)
    expect(await under.sandboxes.end(id, 'expired')).toEqual(receipts[0])
    expect(eventTypes(under.recorder.list(id)).filter((type) => type === 'ended')).toHaveLength(1)
  })

  test('is refused beyond the operator’s limits, and nothing is written down', async () => {
    await using under = await openLifecycle()

    await expect(under.create({ ttl: '3h' })).rejects.toMatchObject({ code: 'policy_refused' })
    expect(under.sandboxes.list({ ended: true })).toEqual([])
    await Promise.all([1, 2, 3].map(() => under.create()))
    await expect(under.create({ wait: false })).rejects.toMatchObject({
      code: 'capacity',
      retryable: true,
      details: { retryAfterSeconds: 60 },
    })
  })

  test('is extended up to the longest life, and its gate is told', async () => {
    await using under = await openLifecycle()
    const { id, token } = await under.create({ ttl: '30m', idle: '2h' })
    const { createdAt, expiresAt } = await under.sandboxes.extend(id, { by: '9h' })

    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(2 * 60 * minute)
    under.time.now += 119 * minute
    expect(await isRunning(under, id)).toBe(true)
    expect(under.capabilities.verify(token)).toBe(id)
    under.time.now += minute
    expect(await isRunning(under, id)).toBe(false)
  })

  test('lives on while it is used, and ends when nobody uses it', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '2h', idle: '10m' })
    under.time.now += 9 * minute
    under.sandboxes.use(id, () => {})[Symbol.dispose]()
    under.time.now += 9 * minute

    expect(await isRunning(under, id)).toBe(true)
    under.time.now += minute
    expect(await isRunning(under, id)).toBe(false)
    expect(() => under.sandboxes.use(id, () => {})).toThrow(/has ended/)
  })

  test('closes what is open when its end begins, with every token spent and before anything is gone', async () => {
    await using under = await openLifecycle()
    const { id, token } = await under.create()
    const seen: unknown[] = []
    const cut = async () => {
      expect(() => under.capabilities.verify(token)).toThrow(/has ended/)
      seen.push(await isRunning(under, id))
    }
    using _open = under.sandboxes.use(id, () => void cut())
    const closed = under.sandboxes.use(id, () => seen.push('cut though closed'))
    closed[Symbol.dispose]()
    expect(seen).toEqual([])

    await under.sandboxes.end(id, 'down')
    expect(seen).toEqual([true])
  })

  test('a capability made for a while does not outlive it by an extension', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '5m', idle: '2h' })
    const { token } = under.sandboxes.handover(id, 10 * 60)
    await under.sandboxes.extend(id, { by: '1h' })

    under.time.now += 9 * minute
    expect(under.capabilities.verify(token)).toBe(id)
    under.time.now += minute
    expect(() => under.capabilities.verify(token)).toThrow(/expired/)
  })
})

test('a receipt is not clean while the engine keeps showing something', async () => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  const { engine } = under
  const inventory = engine.inventory.bind(engine)
  const leftover = { kind: 'container', id: 'c9', name: 'leftover' } as const
  engine.inventory = async (...asked) => [...(await inventory(...asked)), leftover]

  const receipt = await under.sandboxes.end(id, 'down')
  expect(receipt).toMatchObject({ clean: false, doubts: ['container leftover is still there'] })
  expect(under.sandboxes.get(id)).toMatchObject({ state: 'ended', clean: false })
})

test('a receipt is not clean while the orchestrator keeps what went in', async () => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  under.kept.push({ kind: 'file', id: '/state/baselines/x.tar', name: 'baseline of the workspace' })

  expect(await under.sandboxes.end(id, 'down')).toMatchObject({
    clean: false,
    doubts: ['file baseline of the workspace is still there'],
  })
})

test('what was cloned for a sandbox alone is not kept beside its baseline', async () => {
  await using under = await openLifecycle()
  const clone = { url: 'https://git.example/shop.git' }
  await under.create({ blueprint: { workspace: { clone } }, workspace: undefined })

  expect(under.discarded).toEqual(['ws000000000001'])
})

test('a receipt is not clean when nobody could look', async () => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  const { engine } = under
  const destroy = engine.destroy.bind(engine)
  engine.destroy = async (...asked) => {
    await destroy(...asked)
    engine.failNext('inventory')
  }

  expect(await under.sandboxes.end(id, 'down')).toMatchObject({ clean: false })
})
