import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createQueue, type Queue } from './queue.ts'
import type { Room } from './room.ts'

const room: Room = {
  ...{ maxSandboxes: 4, maxMemoryBytes: 100 },
  ...{ totalBytes: 0, availableBytes: Number.POSITIVE_INFINITY },
  ...{ freeDiskBytes: Number.POSITIVE_INFINITY, reservedDiskBytes: 0 },
}

interface Held {
  readonly name: string
  readonly memoryBytes: number
  readonly pooled?: boolean
}

/** A queue before a journal that is a list. */
function openQueue(change: Partial<Parameters<typeof createQueue>[0]> = {}) {
  const held: Held[] = []
  const evicted = { times: 0 }
  const sumOf = (some: readonly Held[]) => ({
    sandboxes: some.length,
    memoryBytes: some.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    starting: 0,
  })
  const queue = createQueue({
    rows: {
      taken: () => ({ all: sumOf(held), pooled: sumOf(held.filter(({ pooled }) => pooled)) }),
      nextEnds: () => [30_000, 90_000],
    },
    room: async () => room,
    evict: () => {
      evicted.times += 1
    },
    clock: () => 0,
    ...{ most: 100, waitMs: 60_000, hopeMs: 60_000 },
    ...change,
  })
  return { queue, held, evicted }
}

const never = new AbortController().signal

function enter(
  { queue, held }: { queue: Queue; held: Held[] },
  one: Held,
  { wait = true, signal = never, onProgress = (_: { message: string }) => {} } = {},
): Promise<string> {
  const begin = () => {
    held.push(one)
    return one.name
  }
  return queue.enter({ memoryBytes: one.memoryBytes, wait, begin, onProgress }, signal)
}

const leave = ({ held }: { held: Held[] }, name: string) =>
  void held.splice(
    held.findIndex((one) => one.name === name),
    1,
  )

describe('a creation', () => {
  test('begins at once where there is room', async () => {
    const under = openQueue()

    expect(await enter(under, { name: 'a', memoryBytes: 100 })).toBe('a')
  })

  test('waits for room, and hears where it stands and for how long', async () => {
    const under = openQueue()
    await enter(under, { name: 'a', memoryBytes: 100 })
    const heard: object[] = []
    const onProgress = (progress: object) => void heard.push(progress)
    const first = enter(under, { name: 'b', memoryBytes: 1 }, { onProgress })
    const second = enter(under, { name: 'c', memoryBytes: 1 }, { onProgress })
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(2))

    expect(heard.slice(-2)).toEqual([
      { phase: 'queue', message: 'Waiting for room, next in line', etaSeconds: 30 },
      { phase: 'queue', message: 'Waiting for room, 1 before this one', etaSeconds: 90 },
    ])
    leave(under, 'a')
    await under.queue.look()
    expect(await Promise.all([first, second])).toEqual(['b', 'c'])
  })

  test('that needs much is not passed by those that need little', async () => {
    const under = openQueue()
    await enter(under, { name: 'a', memoryBytes: 50 })
    const begun: string[] = []
    const note = (name: string) => void begun.push(name)
    const big = enter(under, { name: 'big', memoryBytes: 80 }).then(note)
    const small = enter(under, { name: 'small', memoryBytes: 1 }).then(note)
    await under.queue.look()
    expect(begun).toEqual([])

    leave(under, 'a')
    await under.queue.look()
    await Promise.all([big, small])
    expect(begun).toEqual(['big', 'small'])
  })

  test('is refused at once where it may not wait, where too many do, and after waiting long', async () => {
    const under = openQueue({ most: 1, waitMs: 20 })
    await enter(under, { name: 'a', memoryBytes: 100 })
    const refused = { code: 'capacity', retryable: true, details: { retryAfterSeconds: 30 } }

    await expect(
      enter(under, { name: 'b', memoryBytes: 1 }, { wait: false }),
    ).rejects.toMatchObject(refused)
    const waits = enter(under, { name: 'c', memoryBytes: 1 })
    await expect(enter(under, { name: 'd', memoryBytes: 1 })).rejects.toMatchObject(refused)
    await expect(waits).rejects.toMatchObject(refused)
    expect(under.queue.length).toBe(0)
  })

  test('whose client goes away leaves the queue, and the next moves up', async () => {
    const under = openQueue()
    await enter(under, { name: 'a', memoryBytes: 100 })
    const gone = new AbortController()
    const first = enter(under, { name: 'b', memoryBytes: 100 }, { signal: gone.signal })
    const second = enter(under, { name: 'c', memoryBytes: 100 })
    gone.abort(new Error('the client went away'))

    await expect(first).rejects.toThrow('went away')
    leave(under, 'a')
    await under.queue.look()
    expect(await second).toBe('c')
    expect(under.held.map(({ name }) => name)).toEqual(['c'])
  })

  test('gets the room of what is kept ready, also when it may not wait', async () => {
    const under = openQueue()
    under.held.push({ name: 'warm', memoryBytes: 100, pooled: true })
    const begun = enter(under, { name: 'a', memoryBytes: 100 }, { wait: false })
    await vi.waitFor(() => expect(under.evicted.times).toBeGreaterThan(0))

    leave(under, 'warm')
    await under.queue.look()
    expect(await begun).toBe('a')
  })

  test('that may not wait is refused soon where what is kept ready does not go', async () => {
    const under = openQueue({ hopeMs: 20 })
    under.held.push({ name: 'ready', memoryBytes: 100, pooled: true })
    const refused = enter(under, { name: 'a', memoryBytes: 100 }, { wait: false })

    await expect(refused).rejects.toMatchObject({ code: 'capacity', retryable: true })
    expect(under.evicted.times).toBe(1)
    expect(under.queue.length).toBe(0)
  })
})

test('whoever comes, goes and gives up: order is kept, room is never exceeded, nobody is lost', async () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('enter' as const),
      memoryBytes: fc.integer({ min: 1, max: 100 }),
      wait: fc.boolean(),
    }),
    fc.record({ do: fc.constant('leave' as const) }),
    fc.record({ do: fc.constant('abort' as const), which: fc.nat({ max: 20 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const under = openQueue({ most: 5 })
      const begun: number[] = []
      const all: { readonly gone: AbortController; readonly settled: Promise<unknown> }[] = []
      for (const one of steps) {
        if (one.do === 'enter') {
          const gone = new AbortController()
          const at = all.length
          const entrant = { name: `${at}`, memoryBytes: one.memoryBytes }
          const settled = enter(under, entrant, { wait: one.wait, signal: gone.signal }).then(
            () => void begun.push(at),
            () => {},
          )
          all.push({ gone, settled })
        } else if (one.do === 'leave') under.held.shift()
        else all[one.which]?.gone.abort(new Error('gone'))
        await under.queue.look()
        expect(under.held.length).toBeLessThanOrEqual(4)
        expect(
          under.held.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
        ).toBeLessThanOrEqual(100)
        expect(under.queue.length).toBeLessThanOrEqual(5)
      }
      while (under.queue.length > 0) {
        under.held.shift()
        await under.queue.look()
      }
      await Promise.all(all.map(({ settled }) => settled))
      expect(begun).toEqual(begun.toSorted((one, other) => one - other))
    }),
  )
})
