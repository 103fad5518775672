import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  beats,
  createIn,
  eventTypes,
  isRunning,
  type LifecycleUnderTest,
  openLifecycle,
  useOwnTimers,
} from '../testing/lifecycle-under-test.ts'

const minute = 60_000
const never = new AbortController().signal

/** A blueprint was asked for once, its sandbox has ended, and one is kept ready. */
async function openWarm(change: Parameters<typeof openLifecycle>[0] = {}) {
  useOwnTimers()
  const under = await openLifecycle({ pool: 'auto', maxSandboxes: 12, ...change })
  const { id } = await create(under)
  await under.sandboxes.end(id, 'down')
  under.time.now += 1_000
  await until(() => warm(under) === 1)
  return under
}

/** Lets time pass until it is so; work with files takes time of its own, and the test’s is the limit. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await beats()
    await setImmediate()
  }
}

const create = (under: LifecycleUnderTest, request: Parameters<typeof createIn>[1] = {}) =>
  createIn(under.sandboxes, { workspace: undefined, ...request })

/** The pool does what there is to do. */
async function turn(under: LifecycleUnderTest, count = 3): Promise<void> {
  under.time.now += 1_000
  await beats(count)
}

const stateOf = ({ sandboxes }: LifecycleUnderTest, id: string) => sandboxes.get(id).state
const kept = ({ sandboxes }: LifecycleUnderTest) => sandboxes.pool().blueprints
const warm = (under: LifecycleUnderTest) => kept(under).reduce((sum, one) => sum + one.warm, 0)

/** Ids of sandboxes on the engine that no list shows. */
async function hidden({ engine, sandboxes }: LifecycleUnderTest): Promise<string[]> {
  const listed = new Set(sandboxes.list({ ended: true }).map(({ id }) => id))
  return (await engine.list(never))
    .map(({ id }) => id)
    .filter((id) => /^sb/.test(id) && !listed.has(id))
}

describe('what is kept ready', () => {
  test('is what the next creation gets, and its life begins then', async () => {
    await using under = await openWarm()
    const [ready] = await hidden(under)
    expect(under.sandboxes.pool()).toMatchObject({
      size: 'auto',
      blueprints: [{ wanted: 1, warm: 1, making: 0, data: { db: 'shop' }, claimed: 0, missed: 1 }],
      capacity: { sandboxes: 1, pooled: { sandboxes: 1 }, waiting: 0 },
    })

    under.time.now += minute / 2
    const { id, token, expiresAt } = await create(under, { ttl: '30m', idle: '20m' })
    expect(id).toBe(ready)
    expect(under.capabilities.verify(token)).toBe(id)
    expect(Date.parse(expiresAt) - under.time.now).toBe(30 * minute)
    expect(Date.parse(under.sandboxes.get(id).createdAt)).toBe(under.time.now)
    expect(under.recorder.list(id).map(({ type, data }) => [type, data.warm])).toEqual([
      ['pooled', undefined],
      ['warm', undefined],
      ['created', true],
      ['ready', undefined],
    ])
    under.time.now += 19 * minute
    expect(await isRunning(under, id)).toBe(true)
    expect(await under.sandboxes.end(id, 'down')).toMatchObject({ clean: true, reason: 'down' })
  })

  test('is in no list and opens for nobody until it is had', async () => {
    await using under = await openWarm()
    const [ready = ''] = await hidden(under)

    expect(under.sandboxes.list({ ended: false })).toEqual([])
    expect(() => under.sandboxes.handover(ready)).toThrow(/kept ready/)
    expect(() => under.sandboxes.use(ready, () => {})).toThrow(/kept ready/)
    await expect(under.sandboxes.extend(ready, { by: '1m' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(under.capabilities.list(ready)).toEqual([])
  })

  test('is had once, however many ask at the same time', async () => {
    await using under = await openWarm()
    const [ready] = await hidden(under)
    const handed = await Promise.all(Array.from({ length: 6 }, () => create(under)))

    expect(new Set(handed.map(({ id }) => id)).size).toBe(6)
    expect(handed.filter(({ id }) => id === ready)).toHaveLength(1)
    for (const { id, token } of handed) expect(under.capabilities.verify(token)).toBe(id)
  })

  test('gets the workspace that comes with the creation', async () => {
    await using under = await openWarm()
    const [ready] = await hidden(under)
    expect(under.unpacked).toEqual([])
    const { id } = await create(under, { workspace: 'ws000000000000' })

    expect(id).toBe(ready)
    expect(under.unpacked).toEqual(['ws000000000000'])
    expect(eventTypes(under.recorder.list(id))).toEqual(['pooled', 'warm', 'created', 'ready'])
  })

  test('is not had by who goes away while it is filled', async () => {
    await using under = await openWarm()
    const [ready = ''] = await hidden(under)
    const gone = new AbortController()
    const filling = createIn(under.sandboxes, {}, gone.signal)
    gone.abort(new Error('the client went away'))

    await expect(filling).rejects.toThrow()
    await turn(under)
    const state = under.sandboxes.get(ready).state
    expect(['ready', 'ended']).toContain(state)
    expect(under.capabilities.list(ready)).toEqual([])
    expect(under.sandboxes.list({ ended: false })).toEqual([])
  })

  test('is passed over where the request says so, and none is kept for it', async () => {
    useOwnTimers()
    await using under = await openLifecycle({ pool: 'auto' })
    const { id } = await create(under, { warm: false })
    await under.sandboxes.end(id, 'down')
    await turn(under)

    expect(kept(under)).toEqual([])
    expect(await under.remains()).toEqual([])
  })

  test.each([
    ['services', { services: { web: { image: 'stuntdouble/workspace', command: ['true'] } } }],
    ['a repository to clone', { workspace: { clone: { url: 'https://git.example/x' } } }],
  ])('is nothing with %s', async (_, own) => {
    await using under = await openLifecycle({ pool: 'auto' })
    under.engine.exit = () => {}
    const { id } = await create(under, { blueprint: { data: { db: { source: 'shop' } }, ...own } })
    expect(under.sandboxes.get(id).state).toBe('ready')

    expect(kept(under)).toEqual([])
  })
})

describe('what is no longer what would be made', () => {
  test.each<[what: string, (under: LifecycleUnderTest) => void]>([
    [
      'snapshot',
      (under) => {
        under.sealed = { ...under.sealed, id: 'sn000000000001' }
      },
    ],
    [
      'image',
      ({ engine }) => {
        const content = engine.images.content.bind(engine.images)
        engine.images.content = async (...asked) => ({
          ...(await content(...asked)),
          digest: 'sha256:built-anew',
        })
      },
    ],
  ])('is ended when there is another %s, and one like it is made', async (_, change) => {
    await using under = await openWarm()
    const [stale = ''] = await hidden(under)
    change(under)
    under.time.now += 6_000
    await until(() => warm(under) === 1 && stateOf(under, stale) === 'ended')

    expect(under.sandboxes.receipt(stale)).toMatchObject({ clean: true, reason: 'unclaimed' })
    const { id } = await create(under)
    expect(id).not.toBe(stale)
    expect(eventTypes(under.recorder.list(id))).toContain('warm')
  })

  test('is not handed out in the moment before it is ended', async () => {
    await using under = await openWarm()
    const [stale] = await hidden(under)
    under.sealed = { ...under.sealed, id: 'sn000000000001' }
    const { id, snapshot } = await create(under)

    expect(id).not.toBe(stale)
    expect(snapshot).toBe('sn000000000001')
  })

  test('is ended when the operator configured something else meanwhile', async () => {
    await using under = await openWarm()
    const [stale = ''] = await hidden(under)
    await under.sandboxes[Symbol.asyncDispose]()
    await using later = under.restarted(under.engine, 'another')
    await later.adopt()
    under.time.now += 6_000
    await until(() => later.get(stale).state === 'ended')

    expect(later.receipt(stale)).toMatchObject({ reason: 'unclaimed' })
  })

  test('is ended when its snapshot is to go, and so is not in the way', async () => {
    await using under = await openWarm()
    const [ready = ''] = await hidden(under)
    await under.sandboxes.release('sn000000000009')
    expect(under.sandboxes.get(ready).state).toBe('ready')

    await under.sandboxes.release(under.sealed.id)
    expect(under.sandboxes.receipt(ready)).toMatchObject({ clean: true })
  })
})

describe('one that is kept ready', () => {
  test('and died is not handed out', async () => {
    await using under = await openWarm()
    const [dead = ''] = await hidden(under)
    under.engine.die(dead)
    const { id } = await create(under)

    expect(id).not.toBe(dead)
    expect(under.sandboxes.get(id).state).toBe('ready')
    await until(() => stateOf(under, dead) === 'ended')
    expect(under.sandboxes.receipt(dead)).toMatchObject({ clean: true, reason: 'died' })
  })

  test('and dies as it is handed out is replaced', async () => {
    await using under = await openWarm()
    const [dead = ''] = await hidden(under)
    under.engine.failNext('setDeadline')
    const { id } = await create(under)

    expect(id).not.toBe(dead)
    await until(() => stateOf(under, dead) === 'ended')
    expect(under.sandboxes.receipt(dead)).toMatchObject({ clean: true, reason: 'died' })
  })

  test('gives way to a creation that needs its room', async () => {
    await using under = await openWarm({ maxSandboxes: 2 })
    const [ready = ''] = await hidden(under)
    const other = { blueprint: { limits: { pids: 99 } }, wait: false }
    const first = await create(under, other)
    const second = await create(under, other)

    expect(under.sandboxes.receipt(ready)).toMatchObject({ reason: 'unclaimed' })
    expect([first.id, second.id].map((id) => under.sandboxes.get(id).state)).toEqual([
      'ready',
      'ready',
    ])
    await expect(create(under, other)).rejects.toMatchObject({ code: 'capacity' })
  })

  test('and is killed as it is claimed is either had or gone, never both', async () => {
    for (let at = 0; at < 6; at += 1) {
      await using under = await openWarm()
      const [ready = ''] = await hidden(under)
      const claiming = create(under)
      for (let turns = 0; turns < at; turns += 1) await Promise.resolve()
      const [handed, receipts] = await Promise.all([claiming, under.sandboxes.drainPool()])

      expect(await isRunning(under, handed.id)).toBe(true)
      expect(receipts.map(({ id }) => id)).toEqual(handed.id === ready ? [] : [ready])
    }
  })

  test('is not renewed by a dead orchestrator, so its gate ends it', async () => {
    await using under = await openWarm()
    const [ready = ''] = await hidden(under)
    for (let passed = 0; passed < 10; passed += 1) {
      under.time.now += minute / 2
      await beats(2)
    }
    expect(await isRunning(under, ready)).toBe(true)
    await until(() => warm(under) === 1)

    await under.sandboxes[Symbol.asyncDispose]()
    under.time.now += 45_000
    expect(await isRunning(under, ready)).toBe(false)
    await using later = under.restarted()
    await later.adopt()
    expect(later.receipt(ready)).toMatchObject({ clean: true, reason: 'expired' })
  })

  test('outlives a restart, and is had afterwards', async () => {
    await using under = await openWarm()
    const [ready] = await hidden(under)
    await under.sandboxes[Symbol.asyncDispose]()
    await using later = under.restarted()
    await later.adopt()
    await turn(under)

    expect((await createIn(later, { workspace: undefined })).id).toBe(ready)
  })

  test('ends when its like was not asked for in a quarter of an hour, with a receipt', async () => {
    await using under = await openWarm()
    const [ready = ''] = await hidden(under)
    for (let passed = 0; passed < 31; passed += 1) {
      under.time.now += minute / 2
      await beats(2)
    }
    await until(() => stateOf(under, ready) === 'ended')

    expect(under.sandboxes.receipt(ready)).toMatchObject({ clean: true, reason: 'unclaimed' })
    expect(await under.remains()).toEqual([])
    expect(kept(under)).toMatchObject([{ wanted: 0, warm: 0 }])
  })

  test('that cannot be made is not tried again at once', async () => {
    useOwnTimers()
    await using under = await openLifecycle({ pool: 'auto' })
    await create(under)
    under.engine.failNext('start')
    under.time.now += 1_000
    const tried = () =>
      under.sandboxes.list({ ended: true }).filter(({ state }) => state === 'ended')
    await until(() => tried().length === 1)
    expect(tried()).toMatchObject([{ endReason: 'failed', clean: true }])
    await turn(under, 20)

    expect(warm(under)).toBe(0)
    under.time.now += minute
    await until(() => warm(under) === 1)
  })

  test('of a pool that is switched off ends', async () => {
    await using under = await openWarm()
    await using off = await openLifecycle()
    const { id } = await create(off)
    await turn(off)

    expect(off.sandboxes.pool()).toMatchObject({ size: 'off', blueprints: [] })
    await off.sandboxes.end(id, 'down')
    expect(await off.remains()).toEqual([])
    expect(await under.sandboxes.drainPool()).toMatchObject([{ clean: true, reason: 'unclaimed' }])
    await turn(under)
    expect(await under.remains()).toEqual([])
  })
})

test('the pool grows with creations at once, within its part of all', async () => {
  useOwnTimers()
  await using under = await openLifecycle({ pool: 'auto', maxSandboxes: 20 })
  await Promise.all(Array.from({ length: 9 }, () => create(under)))
  under.time.now += 1_000
  await until(() => warm(under) === 5)
  await turn(under, 20)

  expect(kept(under)).toMatchObject([{ wanted: 8, warm: 5, making: 0 }])
  expect(under.sandboxes.pool().capacity.sandboxes).toBe(14)
})

test('many at once, claimed and refilled beside each other: no room is exceeded, none is had twice, none is left', async () => {
  useOwnTimers()
  await using under = await openLifecycle({ pool: 'auto', maxSandboxes: 6 })
  const ids: string[] = []
  let most = 0
  async function life(): Promise<void> {
    const { id } = await create(under)
    ids.push(id)
    for (let turns = 0; turns < 20; turns += 1) await setImmediate()
    most = Math.max(most, under.sandboxes.pool().capacity.sandboxes)
    expect(await isRunning(under, id)).toBe(true)
    expect(await under.sandboxes.end(id, 'down')).toMatchObject({ clean: true })
  }
  for (let wave = 0; wave < 8; wave += 1) {
    let living = 5
    for (let index = 0; index < 5; index += 1) {
      void life().finally(() => {
        living -= 1
      })
    }
    await until(() => living === 0)
    // The next come while the pool is about to be filled, or has been.
    for (let turns = 0; turns < wave * 4; turns += 1) {
      under.time.now += 400
      await beats()
      await setImmediate()
    }
  }

  expect(new Set(ids).size).toBe(40)
  expect(most).toBeGreaterThan(3)
  expect(most).toBeLessThanOrEqual(6)
  const [{ claimed = 0, missed = 0 } = {}] = kept(under)
  expect(claimed + missed).toBe(40)
  expect(claimed).toBeGreaterThan(3)
  await under.sandboxes.drainPool()
  await turn(under)
  expect(await under.remains()).toEqual([])
})
