import { describe, expect, test, vi } from 'vitest'
import {
  beats,
  eventTypes,
  isRunning,
  openLifecycle,
  useOwnTimers,
} from './testing/lifecycle-under-test.ts'

const minute = 60_000
const hour = 60 * minute
const eventsOf = (under: Awaited<ReturnType<typeof openLifecycle>>, id: string) =>
  eventTypes(under.recorder.list(id))

describe('a warning', () => {
  test('comes a minute before the hard end, and again after the end was moved', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '30m', idle: '2h' })
    under.time.now += 29 * minute - 1000
    await beats(2)
    expect(eventsOf(under, id)).toEqual(['created', 'ready'])
    under.time.now += 1000
    await beats(3)
    const { expiresAt } = under.sandboxes.get(id)

    expect(under.recorder.list(id).at(-1)).toMatchObject({
      type: 'ending_soon',
      data: { reason: 'expired', at: expiresAt, secondsLeft: 60 },
    })
    await under.sandboxes.extend(id, { by: '30m' })
    under.time.now += 30 * minute
    await beats(3)
    expect(eventsOf(under, id)).toEqual([
      'created',
      'ready',
      'ending_soon',
      'extended',
      'ending_soon',
    ])
  })

  test('of an idle end comes again when it was used in between, and not while it is used', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '2h', idle: '10m' })
    under.time.now += 9 * minute
    await beats(2)
    using _use = under.sandboxes.use(id, () => {})
    for (let passed = 0; passed < 30; passed++) {
      under.time.now += minute
      await beats()
    }
    expect(eventsOf(under, id)).toEqual(['created', 'ready', 'ending_soon'])
    _use[Symbol.dispose]()
    under.time.now += 9 * minute
    await beats(2)

    expect(under.recorder.list(id).slice(2)).toMatchObject([
      { type: 'ending_soon', data: { reason: 'idle', secondsLeft: 60 } },
      { type: 'ending_soon', data: { reason: 'idle', secondsLeft: 60 } },
    ])
  })

  test('is not told again by an orchestrator that was started anew', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '30m', idle: '2h' })
    under.time.now += 29 * minute
    await beats(2)
    await using again = under.restarted()
    await again.adopt()
    await beats(2)

    expect(eventsOf(under, id).filter((type) => type === 'ending_soon')).toHaveLength(1)
  })
})

describe('a creation that takes long', () => {
  test('is not idle: that counts from when it is ready', async () => {
    await using under = await openLifecycle()
    under.ready = async () => {
      under.time.now += 20 * minute
    }
    const { id } = await under.create({ ttl: '2h', idle: '10m' })

    expect(under.sandboxes.get(id)).toMatchObject({ state: 'ready', secondsLeft: 600 })
    under.time.now += 10 * minute - 1
    expect(await isRunning(under, id)).toBe(true)
    under.time.now += 1
    expect(await isRunning(under, id)).toBe(false)
  })

  test('ends when its lease does, whatever it waits for', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    under.engine.start = (_pod, stop) =>
      new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
    const creation = under.create({ ttl: '10m' }).catch((cause: unknown) => cause)
    await vi.waitFor(async () => expect(await under.remains()).not.toEqual([]))
    under.time.now += 10 * minute
    await beats(2)

    expect(await creation).toMatchObject({ code: 'sandbox_gone' })
    expect(under.sandboxes.list({ ended: true })).toMatchObject([{ endReason: 'expired' }])
    expect(await under.remains()).toEqual([])
  })
})

describe('an extension', () => {
  test('says what was asked for, what was granted, and what stood in the way', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '30m', idle: '2h' })
    const start = under.time.now
    const at = (minutes: number) => new Date(start + minutes * minute).toISOString()

    expect((await under.sandboxes.extend(id, { by: '30m' })).extension).toEqual({
      asked: at(60),
      granted: at(60),
      limitedBy: null,
    })
    expect(await under.sandboxes.extend(id, { by: '9h' })).toMatchObject({
      expiresAt: at(120),
      extension: { asked: at(600), granted: at(120), limitedBy: { limit: 'maxTtl', value: '2h' } },
    })
  })

  test('until a moment may be asked for twice, and moves no end back', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '30m', idle: '2h' })
    const until = new Date(under.time.now + 40 * minute).toISOString()
    for (const _ of [1, 2]) {
      expect(await under.sandboxes.extend(id, { until })).toMatchObject({ expiresAt: until })
    }
    const earlier = new Date(under.time.now + 10 * minute).toISOString()

    expect(await under.sandboxes.extend(id, { until: earlier })).toMatchObject({
      expiresAt: until,
      extension: { asked: earlier, granted: until, limitedBy: null },
    })
    const past = new Date(under.time.now - 1).toISOString()
    await expect(under.sandboxes.extend(id, { until: past })).rejects.toMatchObject({
      code: 'usage',
    })
  })
})

describe('an end counted from now', () => {
  test('may be sooner or later than before, as far as the operator’s limit', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '30m', idle: '2h' })
    const at = (minutes: number) => new Date(under.time.now + minutes * minute).toISOString()

    expect(await under.sandboxes.endIn(id, 5 * minute)).toMatchObject({ expiresAt: at(5) })
    expect(await under.sandboxes.endIn(id, 60 * minute)).toMatchObject({ expiresAt: at(60) })
    expect(await under.sandboxes.endIn(id, 9 * hour)).toMatchObject({ expiresAt: at(120) })
  })
})

describe('a clock that jumps', () => {
  test('back an hour ends nothing, and what is lost is still seen to', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '90m', idle: '10m' })
    const lost = await under.create({ ttl: '90m', idle: '10m' })
    under.time.now += 9 * minute
    await beats(2)
    under.time.now -= hour
    under.engine.die(lost.id)
    await beats(3)

    expect(under.sandboxes.receipt(lost.id)).toMatchObject({ reason: 'died', clean: true })
    expect(under.sandboxes.get(id).state).toBe('ready')
    under.sandboxes.use(id, () => {})[Symbol.dispose]()
    under.time.now += hour + 30_000
    await beats(2)
    expect(under.sandboxes.get(id).state).toBe('ready')
    under.time.now += minute
    await beats(2)
    expect(under.sandboxes.get(id)).toMatchObject({ state: 'ended', endReason: 'idle' })
  })

  test('forward an hour ends what would have ended by then, and nothing else', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const short = await under.create({ ttl: '50m', idle: '2h' })
    const long = await under.create({ ttl: '2h', idle: '90m' })
    under.time.now += hour
    await beats(3)

    expect(under.sandboxes.receipt(short.id)).toMatchObject({ reason: 'expired', clean: true })
    expect(under.sandboxes.get(long.id).state).toBe('ready')
    expect(await isRunning(under, long.id)).toBe(true)
    under.time.now -= hour
    await beats(3)
    expect(under.sandboxes.get(long.id).state).toBe('ready')
    expect(under.sandboxes.get(short.id).state).toBe('ended')
  })
})
