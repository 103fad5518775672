import { expect, test } from 'vitest'
import { openStorage } from '../storage/storage.ts'
import { createRecorder, recorderMigrations } from './recorder.ts'

const sandbox = 'sb000000000000'
const settled = () => new Promise((resolve) => setImmediate(resolve))

function open() {
  const storage = openStorage(':memory:', recorderMigrations)
  return { storage, recorder: createRecorder(storage, () => 1000) }
}

test('events are kept in order, each sandbox’s for itself', () => {
  const { recorder } = open()
  recorder.record(sandbox, 'created', { snapshot: null })
  recorder.record('sb111111111111', 'created')
  recorder.record(sandbox, 'ready')

  expect(recorder.list(sandbox)).toEqual([
    { seq: 1, at: '1970-01-01T00:00:01.000Z', sandbox, type: 'created', data: { snapshot: null } },
    { seq: 3, at: '1970-01-01T00:00:01.000Z', sandbox, type: 'ready', data: {} },
  ])
  expect(recorder.page({ after: 1 }).events.map(({ seq }) => seq)).toEqual([2, 3])
})

test('what an agent causes without end stops being kept, its life does not', () => {
  const { storage, recorder } = open()
  storage.transaction(() => {
    for (let made = 0; made < 10_100; made++) recorder.record(sandbox, 'egress_denied')
  })
  recorder.record(sandbox, 'ending')
  recorder.record('sb111111111111', 'egress_denied')

  const [{ count }] = storage.sqlite.prepare('SELECT count(*) AS count FROM events').all() as [
    { count: number },
  ]
  expect(count).toBe(10_002)
  expect(recorder.list(sandbox)).toHaveLength(1000)
  expect(recorder.list(sandbox).at(-1)?.type).toBe('ending')
})

test('an event of a transaction that failed is told to nobody', async () => {
  const { storage, recorder } = open()
  expect(() =>
    storage.transaction(() => {
      recorder.record(sandbox, 'created')
      throw new Error('rolled back')
    }),
  ).toThrow('rolled back')

  expect(recorder.list(sandbox)).toEqual([])
  expect(recorder.page({ after: 0 })).toEqual({ events: [], next: 0, more: false })
})

test('a subscriber hears that something came after it, until it ends', async () => {
  const { recorder } = open()
  let told = 0
  const end = recorder.subscribe(() => {
    told += 1
  })
  recorder.record(sandbox, 'ready')
  await settled()
  expect(told).toBe(1)
  end()
  recorder.record(sandbox, 'ended')
  await settled()

  expect(told).toBe(1)
})

test('a page looks at a thousand, and says where to go on, whatever its filter leaves', () => {
  const { storage, recorder } = open()
  const other = 'sb111111111111'
  storage.transaction(() => {
    recorder.record(other, 'created')
    for (let made = 0; made < 1500; made++) recorder.record(sandbox, 'command')
    recorder.record(other, 'ready')
  })
  const first = recorder.page({ after: 0, type: ['created', 'ready'] })
  expect(first).toMatchObject({ events: [{ seq: 1, type: 'created' }], next: 1000, more: true })
  const second = recorder.page({ after: first.next, type: ['created', 'ready'] })
  expect(second).toMatchObject({ events: [{ seq: 1502 }], next: 1502, more: false })

  expect(recorder.page({ after: 0, sandbox: other })).toMatchObject({
    events: [{ seq: 1 }, { seq: 1502 }],
    next: 1502,
    more: false,
  })
  expect(recorder.newest()).toBe(1502)
})

test('a number from before the journal was lost leads to what comes next', () => {
  const { recorder } = open()
  recorder.record(sandbox, 'created')
  const { next } = recorder.page({ after: 5000 })
  recorder.record(sandbox, 'ready')

  expect(recorder.page({ after: next }).events).toMatchObject([{ type: 'ready' }])
})

test('what is old is forgotten, but not of who lives', () => {
  const { recorder } = open()
  for (const id of [sandbox, 'sb111111111111', 'sn000000000000']) recorder.record(id, 'created')
  recorder.forget(1000, [])
  expect(recorder.page({ after: 0 }).events).toHaveLength(3)
  recorder.forget(1001, [sandbox])

  expect(recorder.page({ after: 0 }).events).toMatchObject([{ sandbox }])
  recorder.record(sandbox, 'ready')
  expect(recorder.newest()).toBe(4)
})

test('what is recorded soon is seen by every reader, in order, and stored in moments', async () => {
  const { storage, recorder } = open()
  const stored = () => storage.sqlite.prepare('SELECT type FROM events').all().length
  recorder.record(sandbox, 'ready')
  recorder.recordSoon(sandbox, 'egress_allowed', { target: 'a' })
  recorder.recordSoon(sandbox, 'egress_denied', { target: 'b' })
  expect(stored()).toBe(1)

  expect(recorder.list(sandbox).map(({ data }) => data.target)).toEqual([undefined, 'a', 'b'])
  recorder.recordSoon(sandbox, 'egress_denied', { target: 'c' })
  await expect.poll(stored).toBe(4)
})

test('what cannot be stored now is kept until it can', async () => {
  const { storage, recorder } = open()
  recorder.record(sandbox, 'ready')
  await settled()
  storage.sqlite.exec('ALTER TABLE events RENAME TO gone')
  recorder.recordSoon(sandbox, 'egress_denied', { target: 'a' })
  await new Promise((resolve) => setTimeout(resolve, 120))
  storage.sqlite.exec('ALTER TABLE gone RENAME TO events')

  expect(recorder.list(sandbox)).toMatchObject([{}, { data: { target: 'a' } }])
})

test('what an agent causes soon and without end stops being kept as well', () => {
  const { recorder } = open()
  for (let made = 0; made < 10_100; made++) recorder.recordSoon(sandbox, 'egress_denied', {})
  recorder.flush()

  expect(recorder.page({ after: 0 }).events).toHaveLength(1000)
  expect(recorder.page({ after: 9999 }).events).toHaveLength(1)
  expect(recorder.page({ after: 10_000 }).events).toEqual([])
})

test('an alarm is kept and shown, however much an agent causes before and after it', () => {
  const { recorder } = open()
  for (let made = 0; made < 10_100; made++) recorder.recordSoon(sandbox, 'egress_denied', {})
  recorder.record(sandbox, 'alarm', { alarm: 'placeholder' })
  for (let made = 0; made < 1100; made++) recorder.record(sandbox, 'ended')
  const listed = recorder.list(sandbox)

  expect(listed).toHaveLength(1001)
  expect(listed[0]).toMatchObject({ type: 'alarm', data: { alarm: 'placeholder' } })
})
