import { Blueprint } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { createDemand, learned } from './demand.ts'

const minute = 60_000

test('one is learned from being asked for, more from coming at once, no more than eight', () => {
  expect(learned([0], 1_000)).toBe(1)
  expect(learned([0, 1_000, 2_000], 3_000)).toBe(3)
  expect(learned([0, minute, 2 * minute], 3 * minute)).toBe(1)
  expect(
    learned(
      Array.from({ length: 60 }, () => 0),
      0,
    ),
  ).toBe(8)
  expect(learned([0, 1_000, 2_000], 6 * minute)).toBe(1)
})

test('what is not asked for again is kept no longer', () => {
  const time = { now: 0 }
  const demand = createDemand({ now: () => time.now, size: 'auto', keepMs: 15 * minute })
  demand.asked(Blueprint.parse({}), false)
  expect(demand.wishes()).toMatchObject([{ count: 1, askedAt: 0 }])

  time.now = 15 * minute
  expect(demand.wishes()).toMatchObject([{ count: 0 }])
  demand.asked(Blueprint.parse({ ttl: '1m' }), true)
  expect(demand.wishes()).toMatchObject([{ count: 1 }])
})

test('a fixed size is the size, from when it is asked for', () => {
  const demand = createDemand({ now: () => 0, size: 3, keepMs: minute })
  expect(demand.wishes()).toEqual([])

  demand.asked(Blueprint.parse({}), false)
  expect(demand.wishes()).toMatchObject([{ count: 3 }])
})

test('an agent that never writes the same blueprint twice fills no memory', () => {
  const demand = createDemand({ now: () => 0, size: 'auto', keepMs: minute })
  for (let pids = 16; pids < 1016; pids += 1)
    demand.asked(Blueprint.parse({ limits: { pids } }), false)

  expect(demand.known.size).toBe(64)
  expect([...demand.known.values()].at(-1)?.blueprint.limits.pids).toBe(1015)
})
