import { ForkRequest } from '@stuntdouble/sdk/wire'
import { describe, expect, test } from 'vitest'
import { dyingEngine } from '../testing/dying-engine.ts'
import {
  eventTypes,
  type LifecycleUnderTest,
  openLifecycle,
} from '../testing/lifecycle-under-test.ts'
import { watchedEngine } from '../testing/watched-engine.ts'

const signal = new AbortController().signal

/** A sandbox whose database and workspace hold `text`. */
async function holding(under: LifecycleUnderTest, text: string): Promise<string> {
  const { id } = await under.create()
  write(under, id, text)
  return id
}

function write({ volumes }: LifecycleUnderTest, id: string, text: string): void {
  for (const name of ['db', 'workspace']) volumes.write(`${id}-${name}`, 'file', text)
}

const read = ({ volumes }: LifecycleUnderTest, id: string) =>
  ['db', 'workspace'].map((name) => volumes.read(`${id}-${name}`, 'file'))

const idsOf = async ({ engine }: LifecycleUnderTest, id: string) =>
  Object.fromEntries(
    (await engine.observe(id, signal)).map((container) => [container.name, container.id]),
  )

describe('a rollback', () => {
  test('brings database and workspace back, around the gate that stays', async () => {
    await using under = await openLifecycle()
    const { checkpoints } = under.sandboxes
    const id = await holding(under, 'before')
    const before = await idsOf(under, id)
    await checkpoints.create(id, 'kept')
    write(under, id, 'after')

    expect(await checkpoints.rollback(id)).toMatchObject({ state: 'ready' })
    expect(read(under, id)).toEqual(['before', 'before'])
    const after = await idsOf(under, id)
    expect(after.gate).toBe(before.gate)
    expect(after.db).not.toBe(before.db)
    expect(eventTypes(under.recorder.list(id)).slice(-3)).toEqual([
      'checkpointed',
      'rolling_back',
      'rolled_back',
    ])
  })

  test('can be made again, since checkpoints stay', async () => {
    await using under = await openLifecycle()
    const { checkpoints } = under.sandboxes
    const id = await holding(under, 'first')
    await checkpoints.create(id, 'first')
    write(under, id, 'second')
    await checkpoints.create(id, 'second')
    for (const name of ['first', 'second', 'first']) {
      await checkpoints.rollback(id, name)
      expect(read(under, id)).toEqual([name, name])
    }
  })

  test('closes what is open, and says why', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    await under.sandboxes.checkpoints.create(id, 'kept')
    const reasons: unknown[] = []
    using _use = under.sandboxes.use(id, (why) => reasons.push(why))
    await under.sandboxes.checkpoints.rollback(id)

    expect(reasons).toMatchObject([{ code: 'conflict', message: expect.stringContaining('kept') }])
  })

  test('that fails ends the sandbox with its reason: it is never left half way', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    await under.sandboxes.checkpoints.create(id)
    under.engine.failNext('start')

    await expect(under.sandboxes.checkpoints.rollback(id)).rejects.toMatchObject({
      code: 'engine_failed',
    })
    expect(under.sandboxes.get(id)).toMatchObject({ state: 'ended', clean: true })
    expect(await under.remains()).toEqual([])
  })

  test('that a crash cut short is finished by the next process, whatever was done', async () => {
    for (const call of ['strip', 'volumes.restore', 'start', 'inventory']) {
      for (const when of ['before', 'after'] as const) {
        await using under = await openLifecycle()
        const dying = dyingEngine(under.engine)
        const first = under.restarted(dying.engine)
        const id = await holding(under, 'before')
        await first.checkpoints.create(id)
        write(under, id, 'after')
        dying.dieAt(call, when)
        void first.checkpoints.rollback(id)
        await expect.poll(() => dying.isDead).toBe(true)
        expect(first.get(id).state).toBe('rolling_back')
        expect(() => first.use(id, () => {})).toThrow(/on its way back/)

        const later = under.restarted()
        await later.adopt()
        expect(later.get(id).state, `${when} ${call}`).toBe('ready')
        expect(read(under, id)).toEqual(['before', 'before'])
      }
    }
  })

  test('to what was never kept is refused, by the names there are', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    await expect(under.sandboxes.checkpoints.rollback(id)).rejects.toMatchObject({
      code: 'checkpoint_not_found',
    })
    await under.sandboxes.checkpoints.create(id, 'kept')
    await expect(under.sandboxes.checkpoints.rollback(id, 'other')).rejects.toMatchObject({
      hint: expect.stringContaining('kept'),
    })
  })
})

describe('checkpoints', () => {
  test('go with their sandbox, and its receipt names them', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    await under.sandboxes.checkpoints.create(id)
    const receipt = await under.sandboxes.end(id, 'down')

    expect(receipt.clean).toBe(true)
    expect(receipt.inventory.filter(({ name }) => name.startsWith('cp'))).toHaveLength(2)
    expect(await under.remains()).toEqual([])
  })

  test('are as many as the operator allows, under names of their own', async () => {
    await using under = await openLifecycle()
    const { checkpoints } = under.sandboxes
    const id = await holding(under, 'before')
    await checkpoints.create(id)
    await expect(checkpoints.create(id, 'checkpoint-1')).rejects.toMatchObject({ code: 'conflict' })
    for (let more = 1; more < 8; more += 1) await checkpoints.create(id)
    await expect(checkpoints.create(id)).rejects.toMatchObject({ code: 'capacity' })

    await checkpoints.remove(id, 'checkpoint-3')
    expect((await checkpoints.create(id)).name).toBe('checkpoint-3')
    expect(checkpoints.list(id)).toHaveLength(8)
  })

  test('count towards the disk, and one that does not fit is refused before it is made', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({
      blueprint: { data: { db: { source: 'shop' } }, limits: { disk: '1g' } },
    })
    under.volumes.fill(`${id}-workspace`, { bytes: 600 * 1024 ** 2 })

    await expect(under.sandboxes.checkpoints.create(id)).rejects.toMatchObject({
      code: 'disk_full',
    })
    expect(under.sandboxes.checkpoints.list(id)).toEqual([])
    expect(await under.remains()).toHaveLength(3)
  })

  test('that fail leave neither a name nor a volume', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    under.engine.failNext('checkpoint')
    await expect(under.sandboxes.checkpoints.create(id, 'kept')).rejects.toThrow()

    expect(await under.remains()).toHaveLength(3)
    await expect(under.sandboxes.checkpoints.create(id, 'kept')).resolves.toBeDefined()
  })

  test('that a crash cut short are gone with the next process, and nothing is held', async () => {
    for (const when of ['before', 'after'] as const) {
      await using under = await openLifecycle()
      const dying = dyingEngine(under.engine)
      const first = under.restarted(dying.engine)
      const id = await holding(under, 'before')
      dying.dieAt('checkpoint', when)
      void first.checkpoints.create(id, 'kept')
      await expect.poll(() => dying.isDead).toBe(true)

      const later = under.restarted()
      await later.adopt()
      expect(later.checkpoints.list(id)).toEqual([])
      expect(await under.remains()).toHaveLength(3)
      await expect(later.checkpoints.create(id, 'kept')).resolves.toBeDefined()
    }
  })

  test('are one at a time', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    const [first, second] = await Promise.allSettled(
      [1, 2].map(() => under.sandboxes.checkpoints.create(id)),
    )

    expect(first?.status).toBe('fulfilled')
    expect(second).toMatchObject({ reason: { code: 'conflict', retryable: true } })
  })
})

describe('a fork', () => {
  const forks = (under: LifecycleUnderTest, id: string, request: object) =>
    under.sandboxes.checkpoints.fork(id, ForkRequest.parse(request), signal)

  test('begins as its sandbox is, with a lease, a token and a way of its own', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    const made = await forks(under, id, { count: 2 })
    const ids = made.map((fork) => fork.id)
    for (const fork of ids) {
      expect(read(under, fork)).toEqual(['before', 'before'])
      write(under, fork, fork)
    }

    expect(ids.map((fork) => read(under, fork)[0])).toEqual(ids)
    expect(read(under, id)).toEqual(['before', 'before'])
    expect(new Set(made.map(({ token }) => under.capabilities.verify(token)))).toEqual(new Set(ids))
    expect(under.sandboxes.checkpoints.list(id)).toEqual([])
    await under.sandboxes.end(id, 'down')
    expect(under.sandboxes.get(ids[0] ?? '').state).toBe('ready')
    expect(under.unpacked).toHaveLength(1)
  })

  test('begins as a checkpoint where one is named', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    await under.sandboxes.checkpoints.create(id, 'kept')
    write(under, id, 'after')
    const [made] = await forks(under, id, { from: 'kept' })

    expect(read(under, made?.id ?? '')).toEqual(['before', 'before'])
    expect(under.sandboxes.checkpoints.list(id)).toHaveLength(1)
  })

  test('beyond the limits is refused as a whole, before anything is made', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')

    await expect(forks(under, id, { count: 3 })).rejects.toMatchObject({ code: 'capacity' })
    expect(await under.remains()).toHaveLength(3)
    expect(under.sandboxes.list({ ended: true })).toHaveLength(1)
    await expect(forks(under, id, { ttl: '3h' })).rejects.toMatchObject({ code: 'policy_refused' })
  })

  test('that fails takes the others with it, and leaves the sandbox as it was', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    under.engine.failNext('start')

    await expect(forks(under, id, { count: 2 })).rejects.toMatchObject({ code: 'engine_failed' })
    expect(under.sandboxes.list({ ended: false }).map((each) => each.id)).toEqual([id])
    expect(await under.remains()).toHaveLength(3)
  })

  test('has its gate while the checkpoint it begins as is still being made', async () => {
    await using under = await openLifecycle()
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const engine = watchedEngine(under.engine, async (name, work) => {
      if (name === 'start' && isForking) resolve()
      if (name === 'checkpoint') await begun
      return work()
    })
    let isForking = false
    const first = under.restarted(engine)
    const id = await holding(under, 'before')
    isForking = true
    const [made] = await first.checkpoints.fork(id, ForkRequest.parse({}), signal)

    expect(read(under, made?.id ?? '')).toEqual(['before', 'before'])
  })

  test('whose checkpoint fails leaves nothing, and its sandbox as it was', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    under.engine.failNext('checkpoint')

    await expect(forks(under, id, { count: 2 })).rejects.toMatchObject({ code: 'engine_failed' })
    expect(under.sandboxes.list({ ended: false }).map((each) => each.id)).toEqual([id])
    expect(await under.remains()).toHaveLength(3)
    await expect(forks(under, id, {})).resolves.toHaveLength(1)
  })

  test('nobody waits for any more leaves nothing', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    const gone = new AbortController()
    under.ready = async () => gone.abort(new Error('gone'))
    const request = ForkRequest.parse({ count: 2 })

    await expect(under.sandboxes.checkpoints.fork(id, request, gone.signal)).rejects.toThrow()
    expect(under.sandboxes.list({ ended: false }).map((each) => each.id)).toEqual([id])
  })

  test('that a crash cut short is gone with the next process, and its sandbox is not', async () => {
    for (const call of ['checkpoint', 'volumes.fork', 'start', 'inventory']) {
      await using under = await openLifecycle()
      const dying = dyingEngine(under.engine)
      const first = under.restarted(dying.engine)
      const id = await holding(under, 'before')
      dying.dieAt(call, 'after')
      void first.checkpoints.fork(id, ForkRequest.parse({ count: 2 }), signal)
      await expect.poll(() => dying.isDead).toBe(true)

      const later = under.restarted()
      await later.adopt()
      expect(
        later.list({ ended: false }).map((each) => each.id),
        call,
      ).toEqual([id])
      expect(await under.remains()).toHaveLength(3)
      expect(read(under, id)).toEqual(['before', 'before'])
    }
  })

  test('can be rolled back like any, after what it began as is gone', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    const [made] = await forks(under, id, {})
    await under.sandboxes.end(id, 'down')
    const fork = made?.id ?? ''
    await under.sandboxes.checkpoints.create(fork, 'kept')
    write(under, fork, 'after')
    await under.sandboxes.checkpoints.rollback(fork)

    expect(read(under, fork)).toEqual(['before', 'before'])
  })
})

describe('a paused sandbox', () => {
  test('is held still, refuses to be used, and goes on where it was', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    expect(await under.sandboxes.checkpoints.pause(id)).toMatchObject({ state: 'paused' })
    expect(under.engine.isHeld(id)).toBe(true)
    expect(() => under.sandboxes.use(id, () => {})).toThrow(
      expect.objectContaining({ code: 'conflict', hint: expect.stringContaining('resume') }),
    )
    await expect(under.sandboxes.checkpoints.create(id)).rejects.toMatchObject({ code: 'conflict' })

    expect(await under.sandboxes.checkpoints.resume(id)).toMatchObject({ state: 'ready' })
    expect(under.engine.isHeld(id)).toBe(false)
    using _use = under.sandboxes.use(id, () => {})
  })

  test('has no idle end, and the same hard end', async () => {
    await using under = await openLifecycle()
    const { id } = await under.create({ ttl: '1h', idle: '10m' })
    const { idleAt, expiresAt } = await under.sandboxes.checkpoints.pause(id)
    expect(idleAt).toBe(expiresAt)
    under.time.now += 30 * 60_000
    expect((await under.engine.observe(id, signal)).map(({ state }) => state)).toContain('running')
    await under.sandboxes.checkpoints.resume(id)
    expect(Date.parse(under.sandboxes.get(id).idleAt) - under.time.now).toBe(10 * 60_000)
    await under.sandboxes.checkpoints.pause(id)

    under.time.now += 30 * 60_000
    const seen = await under.engine.observe(id, signal)
    expect(new Set(seen.map(({ state }) => state))).toEqual(new Set(['exited']))
  })

  test('is held by the next process as well', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    await under.sandboxes.checkpoints.pause(id)
    await under.engine.resume(id, signal)
    await under.restarted().adopt()

    expect(under.engine.isHeld(id)).toBe(true)
  })

  test('that could not be held runs on, and says so', async () => {
    await using under = await openLifecycle()
    const id = await holding(under, 'before')
    under.engine.failNext('pause')

    await expect(under.sandboxes.checkpoints.pause(id)).rejects.toThrow()
    expect(under.sandboxes.get(id).state).toBe('ready')
  })
})
