import { LogQuery } from '@stuntdouble/sdk/wire'
import { expect, test } from 'vitest'
import { openLifecycle } from './testing/lifecycle-under-test.ts'

const all = LogQuery.parse({})

test('the end of what a database said is told, as much as is asked for', async ({ signal }) => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  under.engine.setLogs(id, 'db', 'starting\nready\n')
  const log = (bytes: number) => under.sandboxes.logs(id, { name: 'db', bytes }, signal)

  expect(await log(all.bytes)).toEqual({ name: 'db', text: 'starting\nready\n' })
  expect(await log(6)).toEqual({ name: 'db', text: 'ready\n' })
})

test.each(['gate', 'nothing', '__proto__', '../db'])('%s is none of its members', async (name) => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  const { signal } = new AbortController()

  await expect(under.sandboxes.logs(id, { ...all, name }, signal)).rejects.toMatchObject({
    ...{ code: 'address_not_found', hint: 'It has workspace, db.' },
  })
})

test('of a sandbox that has ended nothing is told', async ({ signal }) => {
  await using under = await openLifecycle()
  const { id } = await under.create()
  await under.sandboxes.end(id, 'down')
  const asked = under.sandboxes.logs(id, { ...all, name: 'db' }, signal)

  await expect(asked).rejects.toMatchObject({ code: 'sandbox_gone' })
})

test.each([{ bytes: '0' }, { bytes: '1048577' }, { bytes: 'x' }, { lines: 3 }])(
  '%j asks for no end of a log',
  (query) => {
    expect(LogQuery.safeParse(query).success).toBe(false)
  },
)
