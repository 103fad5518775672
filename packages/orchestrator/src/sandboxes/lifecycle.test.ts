import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { failingEngine, failure } from './testing/failing-engine.ts'
import { createIn, openLifecycle } from './testing/lifecycle-under-test.ts'

const minute = 60_000
const anySignal = new AbortController().signal

const types = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type)

/** The lifecycle looks once a second; here a second is a turn. */
async function beats(count = 1): Promise<void> {
  for (let beat = 0; beat < count; beat++) {
    await vi.advanceTimersByTimeAsync(1000)
  }
}

describe('a sandbox', () => {
  test('is created, ready, and gone with a clean receipt', async () => {
    await using under = await openLifecycle()
    const { id, url, token, databases } = await under.create()

    expect(url).toBe(`http://gateway.example/s/${token}`)
    expect(databases).toMatchObject({ db: { url: 'postgres://app@db:5432/shop', source: 'shop' } })
    expect(under.sandboxes.get(id)).toMatchObject({ state: 'ready', clean: null })
    expect(under.capabilities.verify(token)).toBe(id)

    const receipt = await under.sandboxes.end(id, 'down')
    expect(receipt).toMatchObject({ clean: true, reason: 'down', doubts: [] })
    expect(receipt.inventory.length).toBeGreaterThan(5)
    expect(await under.remains()).toEqual([])
    expect(() => under.capabilities.verify(token)).toThrow(/has ended/)
    expect(types(under.recorder.list(id))).toEqual(['created', 'ready', 'ending', 'ended'])
  })

  test('ends once, however often it is ended', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create()
    const receipts = await Promise.all([1, 2, 3].map(() => under.sandboxes.end(id, 'down')))

    expect(new Set(receipts.map(({ signature }) => signature.value)).size).toBe(1)
    expect(await under.sandboxes.end(id, 'expired')).toEqual(receipts[0])
    expect(types(under.recorder.list(id)).filter((type) => type === 'ended')).toHaveLength(1)
  })

  test('is refused beyond the operator’s limits, and nothing is written down', async () => {
    await using under = await openLifecycle()

    await expect(under.create({ ttl: '3h' })).rejects.toMatchObject({ code: 'policy_refused' })
    expect(under.sandboxes.list({ ended: true })).toEqual([])
    await Promise.all([1, 2, 3].map(() => under.create()))
    await expect(under.create()).rejects.toMatchObject({ code: 'capacity', retryable: true })
  })

  test('is extended up to the longest life, and its gate is told', async () => {
    await using under = await openLifecycle()
    const { id, token } = await under.create({ ttl: '30m', idle: '2h' })
    const { createdAt, expiresAt } = await under.sandboxes.extend(id, 9 * 3600)

    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(2 * 60 * minute)
    under.time.now += 119 * minute
    expect(await running(under, id)).toBe(true)
    expect(under.capabilities.verify(token)).toBe(id)
    under.time.now += minute
    expect(await running(under, id)).toBe(false)
  })

  test('lives on while it is used, and ends when nobody uses it', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '2h', idle: '10m' })
    under.time.now += 9 * minute
    under.sandboxes.use(id)[Symbol.dispose]()
    under.time.now += 9 * minute

    expect(await running(under, id)).toBe(true)
    under.time.now += minute
    expect(await running(under, id)).toBe(false)
    expect(() => under.sandboxes.use(id)).toThrow(/has ended/)
  })

  test('a capability made for a while does not outlive it by an extension', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '5m', idle: '2h' })
    const { token } = under.sandboxes.handover(id, 10 * 60)
    await under.sandboxes.extend(id, 3600)

    under.time.now += 9 * minute
    expect(under.capabilities.verify(token)).toBe(id)
    under.time.now += minute
    expect(() => under.capabilities.verify(token)).toThrow(/expired/)
  })
})

describe('a creation', () => {
  test.each(['before', 'after'] as const)(
    'that fails at any call to the engine, %s its work, leaves nothing and tells why',
    async (when) => {
      await using under = await openLifecycle()
      for (let at = 0; ; at++) {
        const { engine, calls } = failingEngine(under.engine, { at, when })
        await using sandboxes = under.restarted(engine)
        under.time.now += 1
        const outcome = await createIn(sandboxes).catch((cause: unknown) => cause)
        const [newest] = sandboxes.list({ ended: true })
        if (calls.length <= at) {
          expect(newest?.state).toBe('ready')
          expect(at).toBeGreaterThan(6)
          return
        }
        expect(outcome, calls[at]).toMatchObject({ code: 'disk_full', message: failure().message })
        expect(newest, calls[at]).toMatchObject({
          state: 'ended',
          endReason: 'failed',
          clean: true,
        })
        expect(await under.remains(), calls[at]).toEqual([])
      }
    },
  )

  test('tells the first failure when clearing away fails too, and is cleared away later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using under = await openLifecycle()
    under.engine.failNext('start', failure())
    under.engine.failNext('destroy')

    await expect(under.create()).rejects.toMatchObject({ code: 'disk_full' })
    await beats(2)
    expect(await under.remains()).toEqual([])
    expect(under.sandboxes.list({ ended: true })).toMatchObject([{ state: 'ended', clean: true }])
    vi.useRealTimers()
  })

  test('whose client goes away leaves nothing', async () => {
    await using under = await openLifecycle()
    const gone = new AbortController()
    under.ready = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        gone.abort()
      })

    await expect(under.create({}, gone.signal)).rejects.toMatchObject({ code: 'sandbox_gone' })
    expect(await under.remains()).toEqual([])
    expect(under.sandboxes.list({ ended: true })).toMatchObject([{ state: 'ended', clean: true }])
  })

  test('whose client was gone already makes nothing', async () => {
    await using under = await openLifecycle()

    await expect(under.create({}, AbortSignal.abort())).rejects.toThrow()
    expect(await under.remains()).toEqual([])
    expect(under.sandboxes.list({ ended: false })).toEqual([])
  })

  test('that is ended meanwhile is interrupted', async () => {
    await using under = await openLifecycle()
    under.ready = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const creation = under.create().catch((cause: unknown) => cause)
    await vi.waitFor(async () => expect(await under.remains()).not.toEqual([]))
    const [{ id } = { id: '' }] = under.sandboxes.list({ ended: false })

    expect(await under.sandboxes.end(id, 'down')).toMatchObject({ clean: true, reason: 'down' })
    expect(await creation).toMatchObject({ code: 'sandbox_gone' })
  })
})

describe('an orchestrator that starts again', () => {
  test('adopts what runs, which can be used and ended', async () => {
    await using under = await openLifecycle()
    const { id, token } = await under.create()
    await under.sandboxes[Symbol.asyncDispose]()
    await using later = under.restarted()
    await later.adopt()

    expect(later.get(id).state).toBe('ready')
    expect(under.capabilities.verify(token)).toBe(id)
    expect(under.engine.dialOut(id).readable).toBe(true)
    expect(types(under.recorder.list(id))).toContain('adopted')
    expect(await later.end(id, 'down')).toMatchObject({ clean: true })
  })

  test('ends what expired meanwhile', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '5m' })
    await under.sandboxes[Symbol.asyncDispose]()
    under.time.now += 6 * minute
    await using later = under.restarted()
    await later.adopt()

    expect(later.receipt(id)).toMatchObject({ clean: true, reason: 'expired' })
    expect(await under.remains()).toEqual([])
  })

  test('ends what was half made', async () => {
    await using under = await openLifecycle()
    under.ready = () => new Promise(() => {})
    void under.create().catch(() => {})
    await vi.waitFor(async () => expect(await under.remains()).not.toEqual([]))
    const [{ id } = { id: '' }] = under.sandboxes.list({ ended: false })
    await using later = under.restarted()
    await later.adopt()

    expect(later.receipt(id)).toMatchObject({ clean: true, reason: 'failed' })
    expect(await under.remains()).toEqual([])
  })

  test('finishes an end that was begun', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create()
    under.engine.failNext('destroy')
    await expect(under.sandboxes.end(id, 'down')).rejects.toThrow()
    await under.sandboxes[Symbol.asyncDispose]()
    await using later = under.restarted()
    await later.adopt()

    expect(later.receipt(id)).toMatchObject({ clean: true, reason: 'down' })
  })
})

describe('looking once a second', () => {
  test('ends what died, and removes what belongs to nobody', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using under = await openLifecycle()
    const { id } = await under.create()
    const orphan = { pod: 'sborphan000000', uid: 1000, gid: 1000, mode: 0o755 }
    await under.engine.volumes.create({ ...orphan, name: 'orphan-workspace' }, anySignal)
    under.engine.die(id)
    under.time.now += 6000
    await beats(2)

    expect(under.sandboxes.receipt(id)).toMatchObject({ clean: true, reason: 'died' })
    expect(await under.remains()).toEqual([])
    vi.useRealTimers()
  })

  test('keeps a sandbox in use alive while another one will not end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using under = await openLifecycle()
    const stuck = await under.create({ ttl: '5m' })
    const used = await under.create({ ttl: '2h', idle: '10m' })
    const { engine } = under
    const destroy = engine.destroy.bind(engine)
    const released = Promise.withResolvers<void>()
    engine.destroy = async (pod, signal) => {
      if (pod === stuck.id) await released.promise
      return destroy(pod, signal)
    }
    using _use = under.sandboxes.use(used.id)
    for (let passed = 0; passed < 30; passed++) {
      under.time.now += minute
      await beats()
    }

    expect(under.sandboxes.get(used.id).state).toBe('ready')
    expect(await running(under, used.id)).toBe(true)
    released.resolve()
    await beats(2)
    expect(under.sandboxes.get(stuck.id).state).toBe('ended')
    vi.useRealTimers()
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

async function running(
  { engine }: Awaited<ReturnType<typeof openLifecycle>>,
  id: string,
): Promise<boolean> {
  await sleep(0)
  const seen = await engine.observe(id, anySignal)
  return seen.length > 0 && seen.every(({ state }) => state === 'running')
}
