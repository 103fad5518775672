import { expect, test } from 'vitest'
import { reapOne } from './reap.ts'

const second = 1_000

function scene(deadlines: Readonly<Record<string, number>>) {
  const left = new Map(Object.entries(deadlines).map(([pod, at]) => [pod, new Date(at * second)]))
  const locks = { held: 0, byAnOrchestrator: false }
  const under = { now: 0, left, locks, failing: '' }
  const look = () =>
    reapOne({
      clock: () => under.now * second,
      takeLock: () => {
        if (locks.byAnOrchestrator) return undefined
        locks.held += 1
        return {
          [Symbol.dispose]() {
            locks.held -= 1
          },
        }
      },
      engine: {
        deadlines: async () => new Map(left),
        async destroy(pod) {
          expect(locks.held).toBe(1)
          if (pod === under.failing) throw new Error('it will not go')
          left.delete(pod)
        },
      },
    })
  return Object.assign(under, { look })
}

test('what is over is removed, one at a time, and what has a lease is not', async () => {
  const under = scene({ one: 10, two: 10, later: 100 })
  under.now = 20
  expect(await under.look()).toBe('again')
  expect(under.left.size).toBe(2)
  await under.look()
  await under.look()

  expect([...under.left.keys()]).toEqual(['later'])
  expect(under.locks.held).toBe(0)
})

test('a gate has time to end its pod by itself', async () => {
  const under = scene({ one: 10 })
  under.now = 12
  await under.look()

  expect(under.left.size).toBe(1)
})

test('nothing is touched once an orchestrator has come up', async () => {
  const under = scene({ one: 10 })
  under.now = 20
  under.locks.byAnOrchestrator = true

  expect(await under.look()).toBe('done')
  expect(under.left.size).toBe(1)
})

test('it is done when nothing has a lease any more', async () => {
  expect(await scene({}).look()).toBe('done')
})

test('one that will not go does not hold up the others', async () => {
  const under = scene({ stuck: 10, one: 10, two: 10 })
  Object.assign(under, { now: 20, failing: 'stuck' })
  for (let time = 0; time < 200; time += 1) await under.look().catch(() => {})

  expect([...under.left.keys()]).toEqual(['stuck'])
  expect(under.locks.held).toBe(0)
})
