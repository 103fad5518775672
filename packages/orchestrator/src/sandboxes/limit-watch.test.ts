import { expect, test } from 'vitest'
import {
  beats,
  type LifecycleUnderTest,
  openLifecycle,
  useOwnTimers,
} from './testing/lifecycle-under-test.ts'

const toldOf = ({ recorder }: LifecycleUnderTest, id: string) =>
  recorder
    .list(id)
    .filter(({ type }) => type === 'limit_reached')
    .map(({ data }) => [data.limit, data.container, data.times])

test('a limit that was reached is written down by name', async () => {
  useOwnTimers()
  await using under = await openLifecycle()
  const { id } = await under.create()
  under.engine.reachLimit({ pod: id, container: 'workspace', limit: 'memory', times: 2 })
  await beats(2)

  expect(toldOf(under, id)).toEqual([['memory', 'workspace', 2]])
})

test('one that is reached again and again is told once a minute', async () => {
  useOwnTimers()
  await using under = await openLifecycle()
  const { id } = await under.create()
  for (const times of [5, 50, 500]) {
    under.engine.reachLimit({ pod: id, container: 'workspace', limit: 'pids', times })
    await beats(2)
  }
  under.time.now += 60_000
  await beats(2)

  expect(toldOf(under, id)).toEqual([
    ['pids', 'workspace', 5],
    ['pids', 'workspace', 500],
  ])
})

test('a limit reached just before the end is told, and none twice by a later process', async () => {
  useOwnTimers()
  await using under = await openLifecycle()
  const { id } = await under.create()
  under.engine.reachLimit({ pod: id, container: 'workspace', limit: 'memory', times: 1 })
  await beats(2)
  under.restarted()
  await beats(2)
  expect(toldOf(under, id)).toHaveLength(1)

  under.time.now += 60_000
  under.engine.reachLimit({ pod: id, container: 'workspace', limit: 'memory', times: 2 })
  await under.sandboxes.end(id, 'down')
  expect(toldOf(under, id)).toHaveLength(2)
})
