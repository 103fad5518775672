import { describe, expect, test } from 'vitest'
import {
  beats,
  eventTypes,
  type LifecycleUnderTest,
  openLifecycle,
  useOwnTimers,
} from './testing/lifecycle-under-test.ts'

const gibibyte = 1024 ** 3
const withDisk = (disk: string) => ({
  blueprint: { data: { db: { source: 'shop' } }, limits: { disk } },
})
const stateOf = ({ sandboxes }: LifecycleUnderTest, id: string) => sandboxes.get(id).state

describe('a sandbox that writes more than it may', () => {
  test('is ended, and everything says by what', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id, token } = await under.create(withDisk('1g'))
    under.volumes.fill(`${id}-workspace`, { bytes: 2 * gibibyte })
    await beats()

    expect(under.sandboxes.get(id)).toMatchObject({
      ...{ state: 'ended', endReason: 'disk_limit', clean: true },
      disk: { guard: 'watchdog', limitBytes: gibibyte, usedBytes: 2 * gibibyte },
      problem: { code: 'disk_full', title: expect.stringContaining('2048 MiB of 1024 MiB') },
    })
    expect(under.sandboxes.receipt(id)).toMatchObject({
      ...{ reason: 'disk_limit', clean: true },
      disk: { guard: 'watchdog', limitBytes: gibibyte, usedBytes: 2 * gibibyte },
    })
    expect(under.recorder.list(id)).toContainEqual(
      expect.objectContaining({
        type: 'limit_reached',
        data: expect.objectContaining({ limit: 'disk', guard: 'watchdog' }),
      }),
    )
    expect(() => under.capabilities.verify(token)).toThrow(/has ended/)
    expect(await under.remains()).toEqual([])
  })

  test('in its last command is not let go on', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const preStop = { command: './fill.sh', timeout: '30s' }
    const { id } = await under.create({ blueprint: { preStop, limits: { disk: '1g' } } })
    const running = Promise.withResolvers<void>()
    under.program = () => {
      running.resolve()
      return new Promise(() => {})
    }
    const ended = under.sandboxes.end(id, 'down')
    await running.promise
    under.volumes.fill(`${id}-workspace`, { bytes: 2 * gibibyte })
    await beats(2)

    expect(await ended).toMatchObject({ reason: 'down', clean: true })
    expect(under.recorder.list(id)).toContainEqual(
      expect.objectContaining({
        type: 'pre_stop',
        data: expect.objectContaining({ failure: 'interrupted' }),
      }),
    )
  })

  test('is ended for what all of its volumes hold together', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create(withDisk('1g'))
    under.volumes.fill(`${id}-workspace`, { bytes: 0.75 * gibibyte })
    under.volumes.fill(`${id}-db`, { bytes: 0.75 * gibibyte })
    await beats()

    expect(stateOf(under, id)).toBe('ended')
  })

  test('is ended for a million empty files', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create(withDisk('1g'))
    under.volumes.fill(`${id}-workspace`, { inodes: 1_000_000 })
    // Files without content change the pool’s room by little.
    under.time.now += 60_000
    await beats()

    expect(under.sandboxes.get(id).problem?.title).toMatch(/1000000 files of 131072/)
  })

  test('is ended when its volumes cannot be measured in time', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create(withDisk('1g'))
    under.volumes.fill(`${id}-workspace`, { inodes: Number.POSITIVE_INFINITY })
    under.time.now += 60_000
    await beats()

    expect(under.sandboxes.get(id)).toMatchObject({
      endReason: 'disk_limit',
      disk: { usedInodes: null },
    })
  })

  test('is ended for files that it deleted and still has open', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const [sly, other] = [await under.create(withDisk('1g')), await under.create(withDisk('1g'))]
    await beats()
    under.engine.holdOpen(sly.id, 2 * gibibyte)
    under.volumes.diskFreeBytes = 57 * gibibyte
    under.time.now += 10_000
    await beats()

    expect(under.sandboxes.get(sly.id)).toMatchObject({
      endReason: 'disk_limit',
      disk: { usedBytes: 2 * gibibyte },
    })
    expect(stateOf(under, other.id)).toBe('ready')
  })

  test('leaves another one alone, which is told what it holds', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const [big, small] = [await under.create(withDisk('1g')), await under.create(withDisk('1g'))]
    under.volumes.fill(`${big.id}-workspace`, { bytes: 2 * gibibyte })
    under.volumes.fill(`${small.id}-workspace`, { bytes: gibibyte / 2 })
    await beats()

    expect(stateOf(under, big.id)).toBe('ended')
    expect(under.sandboxes.get(small.id)).toMatchObject({
      state: 'ready',
      disk: { usedBytes: gibibyte / 2 },
    })
  })
})

describe('a pool that runs out', () => {
  test('loses its greatest grower, and no other when that is enough', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const boxes = [await under.create(withDisk('32g')), await under.create(withDisk('32g'))]
    const [first, second] = boxes.map(({ id }) => id)
    under.volumes.fill(`${first}-workspace`, { bytes: 30 * gibibyte })
    under.volumes.fill(`${second}-workspace`, { bytes: 29 * gibibyte })
    await beats(3)

    expect(under.sandboxes.get(first ?? '')).toMatchObject({
      ...{ state: 'ended', endReason: 'disk_reserve' },
      problem: { title: expect.stringContaining('30720 MiB') },
    })
    expect(eventTypes(under.recorder.list(first ?? ''))).toContain('limit_reached')
    expect(stateOf(under, second ?? '')).toBe('ready')
  })

  test('loses who filled it just now, not who was the greatest before', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const boxes = [await under.create(withDisk('32g')), await under.create(withDisk('32g'))]
    const [greedy = '', modest = ''] = boxes.map(({ id }) => id)
    under.volumes.fill(`${modest}-workspace`, { bytes: 28.5 * gibibyte })
    await beats()
    under.volumes.fill(`${greedy}-workspace`, { bytes: 30 * gibibyte })
    await beats(2)

    expect(under.sandboxes.get(greedy).endReason).toBe('disk_reserve')
    expect(stateOf(under, modest)).toBe('ready')
  })

  test('costs nobody who has not grown', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create(withDisk('1g'))
    under.volumes.diskFreeBytes = 1024
    await beats(3)

    expect(stateOf(under, id)).toBe('ready')
  })
})

test('a blueprint may ask for no more disk than the operator allows', async () => {
  await using under = await openLifecycle()

  await expect(under.create(withDisk('33g'))).rejects.toMatchObject({ code: 'policy_refused' })
})
