import { describe, expect, test } from 'vitest'
import { beats, isRunning, openLifecycle, useOwnTimers } from './testing/lifecycle-under-test.ts'

const minute = 60_000
const anySignal = new AbortController().signal

describe('looking once a second', () => {
  test('ends what died, and removes what belongs to nobody', async () => {
    useOwnTimers()
    await using under = await openLifecycle()
    const { id } = await under.create()
    const orphan = { pod: 'sborphan000000', uid: 1000, gid: 1000, mode: 0o755 }
    await under.engine.volumes.create({ ...orphan, name: 'orphan-workspace' }, anySignal)
    under.engine.die(id)
    under.time.now += 6000
    await beats(2)

    expect(under.sandboxes.receipt(id)).toMatchObject({ clean: true, reason: 'died' })
    expect(await under.remains()).toEqual([])
  })

  test('keeps a sandbox in use alive while another one will not end', async () => {
    useOwnTimers()
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
    using _use = under.sandboxes.use(used.id, () => {})
    for (let passed = 0; passed < 30; passed++) {
      under.time.now += minute
      await beats()
    }

    expect(under.sandboxes.get(used.id).state).toBe('ready')
    expect(await isRunning(under, used.id)).toBe(true)
    released.resolve()
    await beats(2)
    expect(under.sandboxes.get(stuck.id).state).toBe('ended')
  })
})
