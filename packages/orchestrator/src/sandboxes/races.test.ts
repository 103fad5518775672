import { setTimeout as sleep } from 'node:timers/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { describe, expect, test, vi } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import {
  createIn,
  eventTypes,
  isRunning,
  type LifecycleUnderTest,
  openLifecycle,
} from './testing/lifecycle-under-test.ts'

const minute = 60_000

/** Every call takes a while, each time another one, before and after it does its work. */
function slow<Part extends object>(part: Part): Part {
  let calls = 0
  const pause = () => {
    calls += 7
    return sleep(calls % 5)
  }
  return new Proxy(part, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (name === 'volumes' || name === 'images') return slow(value as object)
      if (typeof value !== 'function' || typeof name === 'symbol') return value
      return async (...given: unknown[]) => {
        await pause()
        const result = await value.apply(target, given)
        await pause()
        return result
      }
    },
  })
}

/** A lifecycle whose engine is slow. */
function slowed(under: LifecycleUnderTest) {
  return under.restarted(slow(under.engine) as Engine)
}

describe('at once', () => {
  test('fifty creations: each is ready or cleanly refused, and all that is left is what is ready', async () => {
    await using under = await openLifecycle()
    const sandboxes = slowed(under)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => createIn(sandboxes, { wait: false })),
    )
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    const made = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []))

    expect(made).toHaveLength(3)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'capacity' })
    expect(
      sandboxes
        .list({ ended: true })
        .map(({ id }) => id)
        .sort(),
    ).toEqual(made.sort())
    await Promise.all(made.map((id) => sandboxes.end(id, 'down')))
    expect(await under.remains()).toEqual([])
  })

  test('five ends make one receipt', async () => {
    await using under = await openLifecycle()
    const sandboxes = slowed(under)
    const { id } = await createIn(sandboxes)
    const receipts = await Promise.all([1, 2, 3, 4, 5].map(() => sandboxes.end(id, 'down')))

    expect(new Set(receipts.map(({ signature }) => signature.value)).size).toBe(1)
    expect(eventTypes(under.recorder.list(id)).filter((type) => type === 'ended')).toHaveLength(1)
  })

  test.each(Array.from({ length: 12 }, (_, turn) => turn * 4))(
    'an end %i ms into a creation, and another creation: one is gone, the other is ready',
    async (afterMs) => {
      await using under = await openLifecycle()
      const sandboxes = slowed(under)
      const creation = createIn(sandboxes).catch((cause: unknown) => cause)
      await vi.waitFor(() => expect(sandboxes.list({ ended: true })).toHaveLength(1))
      const [{ id } = { id: '' }] = sandboxes.list({ ended: true })
      await sleep(afterMs)
      const [receipt, next] = await Promise.all([sandboxes.end(id, 'down'), createIn(sandboxes)])

      expect(receipt).toMatchObject({ clean: true, reason: 'down' })
      const outcome = await creation
      if (!(outcome instanceof SandboxError)) expect(outcome).toMatchObject({ id })
      expect(await isRunning(under, next.id)).toBe(true)
      expect((await under.remains()).every((line) => line.includes(next.id))).toBe(true)
    },
  )

  test.each(Array.from({ length: 12 }, (_, turn) => turn * 4))(
    'a client that vanishes %i ms into a creation leaves nothing, or what it was handed',
    async (afterMs) => {
      await using under = await openLifecycle()
      const sandboxes = slowed(under)
      const client = new AbortController()
      setTimeout(() => client.abort(), afterMs)
      const outcome = await createIn(sandboxes, {}, client.signal).catch(() => null)
      await vi.waitFor(() => {
        const states = sandboxes.list({ ended: true }).map(({ state }) => state)
        for (const state of states) expect(state).toBe(outcome === null ? 'ended' : 'ready')
      })

      if (outcome === null) expect(await under.remains()).toEqual([])
    },
  )

  test('an extension and the end of the lease: either it is over, or it runs to the new end', async () => {
    await using under = await openLifecycle()
    const sandboxes = slowed(under)
    for (const early of [2, 1, 0, -1]) {
      const { id } = await createIn(sandboxes, { ttl: '5m', idle: '2h' })
      under.time.now += 5 * minute - early
      const extended = await sandboxes.extend(id, { by: '600s' }).then(
        () => true,
        () => false,
      )
      await sleep(20)

      expect(extended).toBe(early > 0)
      expect(await isRunning(under, id)).toBe(extended)
      await sandboxes.end(id, 'down')
    }
    expect(await under.remains()).toEqual([])
  })
})
