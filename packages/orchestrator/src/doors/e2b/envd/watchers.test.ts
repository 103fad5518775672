import { SandboxError } from '@stuntdouble/sdk/errors'
import { expect, test } from 'vitest'
import { createWatchers } from './watchers.ts'

const [one, other] = ['sb000000000001', 'sb000000000002']
const watched = { path: '/workspace', recursive: false }
/** Names and sizes of files, as a look has them. */
const files = (sizes: Readonly<Record<string, number>>) => async () =>
  Object.entries(sizes)
    .map(([name, size]) => `f\t${name}\t${size}\t${size}.0\t644\t${name}\0`)
    .join('')
const weighing = (characters: number) => async () => 'x'.repeat(characters)
const gone = async (): Promise<never> => {
  throw new SandboxError('file_not_found', 'It is not there.', { hint: 'Make it.' })
}

test('what changed since the last question is told once', async () => {
  const watchers = createWatchers()
  const id = await watchers.add(one, watched, files({ a: 1 }))
  const changes = await watchers.changes(one, id, files({ a: 2, b: 0 }))

  expect(changes).toEqual([
    { name: 'b', type: 'create' },
    { name: 'a', type: 'write' },
  ])
  expect(await watchers.changes(one, id, files({ a: 2, b: 0 }))).toEqual([])
  expect(await watchers.changes(one, id, gone)).toEqual([
    { name: 'a', type: 'remove' },
    { name: 'b', type: 'remove' },
  ])
})

test('two who ask at once are told of a change once', async () => {
  const watchers = createWatchers()
  const id = await watchers.add(one, watched, files({}))
  const asked = [1, 2].map(() => watchers.changes(one, id, files({ a: 0 })))

  expect((await Promise.all(asked)).map((changes) => changes.length)).toEqual([1, 0])
})

test('a watcher of another sandbox is as if it was not there', async () => {
  const watchers = createWatchers()
  const id = await watchers.add(one, watched, files({}))
  const refusal = { code: 'address_not_found', details: { connectCode: 'not_found' } }

  await expect(watchers.changes(other, id, files({}))).rejects.toMatchObject(refusal)
  expect(() => watchers.remove(other, id)).toThrow(expect.objectContaining(refusal))
  expect(await watchers.changes(one, id, files({}))).toEqual([])
  watchers.remove(one, id)
  await expect(watchers.changes(one, id, files({}))).rejects.toMatchObject(refusal)
})

test('a sandbox has a bounded number of them, also when it asks for many at once', async () => {
  const watchers = createWatchers()
  const asked = Array.from({ length: 40 }, () => watchers.add(one, watched, files({})))
  const made = await Promise.allSettled(asked)

  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(16)
  expect(made.at(-1)).toMatchObject({ reason: { code: 'capacity' } })
  await watchers.add(other, watched, files({}))
  watchers.forget(one)
  await watchers.add(one, watched, files({}))
})

test('one that could not be made takes no room', async () => {
  const watchers = createWatchers()
  for (let tried = 0; tried < 40; tried += 1)
    await expect(watchers.add(one, watched, gone)).rejects.toMatchObject({ code: 'file_not_found' })

  await watchers.add(one, watched, files({}))
})

test('who was not asked for longest is forgotten when room is short', async () => {
  const watchers = createWatchers(100)
  const first = await watchers.add(one, watched, weighing(40))
  const second = await watchers.add(other, watched, weighing(40))
  await watchers.changes(one, first, weighing(40))
  await watchers.add(one, watched, weighing(40))

  await expect(watchers.changes(other, second, weighing(0))).rejects.toThrow(/forgotten/)
  expect(await watchers.changes(one, first, weighing(40))).toEqual([])
})

test('one that is removed while it is looked stays removed', async () => {
  const watchers = createWatchers()
  const id = await watchers.add(one, watched, files({}))
  await watchers.changes(one, id, async () => {
    watchers.remove(one, id)
    return ''
  })

  await expect(watchers.changes(one, id, files({}))).rejects.toThrow(/no such watcher/)
})
