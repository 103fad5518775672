import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bound, type Member, planPool, sharesOf, type Wish } from './pool-plan.ts'

const wide: Bound = { sandboxes: 16, memoryBytes: 16_000 }

const wish = (shape: string, change: Partial<Wish> = {}): Wish => ({
  ...{ shape, count: 1, memoryBytes: 1_000, askedAt: 0, resting: false },
  ...change,
})
const member = (id: string, shape: string, change: Partial<Member> = {}): Member => ({
  ...{ id, shape, warm: true, stale: false, createdAt: 0 },
  ...change,
})

describe('the plan of the pool', () => {
  test('makes what is missing, one at a time', () => {
    expect(planPool([wish('a', { count: 2 })], [], wide)).toEqual({ end: [], make: 'a' })
    const making = [member('1', 'a', { warm: false })]
    expect(planPool([wish('a', { count: 2 })], making, wide)).toEqual({ end: [], make: null })
  })

  test('begins with what was asked for last, and passes over what has just failed', () => {
    const wishes = [wish('a', { askedAt: 1 }), wish('b', { askedAt: 2 })]

    expect(planPool(wishes, [], wide).make).toBe('b')
    expect(
      planPool([wishes[0] as Wish, wish('b', { askedAt: 2, resting: true })], [], wide).make,
    ).toBe('a')
  })

  test('ends what is stale, what nobody wishes, and of too many those not ready yet, then the youngest', () => {
    const members = [
      member('stale', 'a', { stale: true }),
      member('unwished', 'b'),
      member('old', 'a', { createdAt: 1 }),
      member('young', 'a', { createdAt: 2 }),
      member('unready', 'a', { createdAt: 0, warm: false }),
    ]

    const { end, make } = planPool([wish('a')], members, wide)
    expect(new Set(end)).toEqual(new Set(['stale', 'unwished', 'young', 'unready']))
    expect(make).toBeNull()
  })

  test('gives each one before any gets a second, the last asked for first', () => {
    const wishes = [
      wish('a', { count: 3, askedAt: 3 }),
      wish('b', { count: 3, askedAt: 2 }),
      wish('c', { count: 3, askedAt: 1 }),
    ]

    expect(Object.fromEntries(sharesOf(wishes, { ...wide, sandboxes: 4 }))).toEqual({
      a: 2,
      b: 1,
      c: 1,
    })
    expect(Object.fromEntries(sharesOf(wishes, { ...wide, sandboxes: 2 }))).toEqual({ a: 1, b: 1 })
    expect(Object.fromEntries(sharesOf(wishes, { ...wide, memoryBytes: 1_999 }))).toEqual({ a: 1 })
  })
})

const shapes = ['a', 'b', 'c', 'd'] as const
const someWishes = fc.uniqueArray(
  fc.record({
    shape: fc.constantFrom(...shapes),
    count: fc.nat({ max: 5 }),
    memoryBytes: fc.integer({ min: 1, max: 4_000 }),
    askedAt: fc.nat({ max: 100 }),
    resting: fc.boolean(),
  }),
  { selector: ({ shape }) => shape },
)
const someBound = fc.record({
  sandboxes: fc.nat({ max: 12 }),
  memoryBytes: fc.nat({ max: 20_000 }),
})
const someMembers = fc.uniqueArray(
  fc.record({
    id: fc.nat({ max: 20 }).map(String),
    shape: fc.constantFrom(...shapes),
    warm: fc.boolean(),
    stale: fc.boolean(),
    createdAt: fc.nat({ max: 100 }),
  }),
  { selector: ({ id }) => id },
)

describe('whatever is wished and whatever is there', () => {
  test('shares stay within the bound and within the wishes', () => {
    fc.assert(
      fc.property(someWishes, someBound, (wishes, bound) => {
        const shares = sharesOf(wishes, bound)
        const of = ({ shape }: Wish) => shares.get(shape) ?? 0
        const sum = (each: (wish: Wish) => number) =>
          wishes.reduce((all, one) => all + each(one), 0)
        expect(sum(of)).toBeLessThanOrEqual(bound.sandboxes)
        expect(sum((one) => of(one) * one.memoryBytes)).toBeLessThanOrEqual(bound.memoryBytes)
        for (const one of wishes) expect(of(one)).toBeLessThanOrEqual(one.count)
      }),
    )
  })

  test('steps lead to the shares, and then there is nothing to do', () => {
    fc.assert(
      fc.property(someWishes, someBound, someMembers, (wishes, bound, given) => {
        let members: readonly Member[] = given
        for (let turn = 0; turn < 40; turn += 1) {
          const { end, make } = planPool(wishes, members, bound)
          const kept = members.filter(({ id }) => !end.includes(id))
          if (make === null && end.length === 0 && kept.every(({ warm }) => warm)) break
          const made = make === null ? [] : [member(`new ${turn}`, make, { createdAt: 200 + turn })]
          members = [...kept.map((one) => ({ ...one, warm: true })), ...made]
        }
        const shares = sharesOf(wishes, bound)
        for (const one of wishes) {
          const has = members.filter(({ shape, stale }) => shape === one.shape && !stale).length
          if (!one.resting) expect(has).toBe(shares.get(one.shape) ?? 0)
        }
        expect(planPool(wishes, members, bound)).toEqual({ end: [], make: null })
      }),
    )
  })
})
