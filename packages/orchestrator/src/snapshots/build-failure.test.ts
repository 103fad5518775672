import { inspect } from 'node:util'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { expect, test } from 'vitest'
import { type BuildUnderTest, openBuild, sourcePassword } from './testing/build-under-test.ts'
import { refused } from './testing/fake-store.ts'
import { canary, shop, shopPolicy } from './testing/shop.ts'

const never = new AbortController().signal

type Arrange = (under: BuildUnderTest) => void

test.each<[string, Arrange]>([
  ['the engine cannot start a pod', ({ engine }) => engine.failNext('start')],
  ['the files cannot be read', ({ engine }) => engine.failNext('exec')],
  ['the server does not stop cleanly', (under) => under.stopWith(1)],
])('nothing is left when %s', async (_, arrange) => {
  await using under = openBuild(shop(), shopPolicy)
  arrange(under)

  await expect(under.build()).rejects.toBeInstanceOf(SandboxError)
  expect(await under.remains()).toEqual([])
})

test.each([
  [
    'the source breaks in the middle',
    { breaks: { table: 'public.customer', error: refused('gone') } },
  ],
  [
    'a constraint does not hold',
    { refuses: { what: 'index of public.event', error: refused('no') } },
  ],
  ['a row is lost', { loses: 'public.event' }],
  ['a foreign key is not validated', { unvalidated: ['public.event.customer'] }],
])('nothing is left when %s', async (_, fault) => {
  await using under = openBuild(shop(fault), shopPolicy)

  await expect(under.build()).rejects.toMatchObject({ code: 'snapshot_failed' })
  expect(await under.remains()).toEqual([])
})

test('nothing is left when a build is aborted in the middle of a table', async () => {
  await using under = openBuild(shop({ hangs: 'public.customer' }), shopPolicy)
  const stop = new AbortController()
  const building = under.build(stop.signal)
  await expect.poll(() => under.progress.some(({ phase }) => phase === 'copy')).toBe(true)

  stop.abort(new Error('the client went away'))
  await expect(building).rejects.toThrow()
  expect(await under.remains()).toEqual([])
})

test('a process that stops ends its builds first and leaves nothing of them', async () => {
  await using under = openBuild(shop({ hangs: 'public.customer' }), shopPolicy)
  const building = under.build().catch((cause: unknown) => cause)
  await expect.poll(() => under.progress.some(({ phase }) => phase === 'copy')).toBe(true)

  await under.snapshots[Symbol.asyncDispose]()
  expect(await building).toBeInstanceOf(SandboxError)
  expect(await under.remains()).toEqual([])
})

test('no error of a failing build holds the password or a row', async () => {
  const error = Object.assign(new Error(`Key (email)=(${canary}) exists`), {
    detail: canary,
    code: '23505',
  })
  const faults = [
    { refusal: new Error(`cannot connect with ${sourcePassword}`) },
    { breaks: { table: 'public.customer', error } },
    { refuses: { what: 'index of public.event', error } },
  ]
  for (const fault of faults) {
    await using under = openBuild(shop(fault), shopPolicy)
    const thrown = await under.build().catch((cause: SandboxError) => cause)

    expect(thrown).toBeInstanceOf(SandboxError)
    const told = inspect([thrown, under.progress, under.events], { depth: 12 })
    expect(told).not.toContain(sourcePassword)
    expect(told).not.toContain('canary')
  }
})

test('a build that cannot clear away is cleared away at the next start', async () => {
  await using under = openBuild(shop({ loses: 'public.event' }), shopPolicy)
  under.engine.failNext('destroy')
  await expect(under.build()).rejects.toThrow()
  expect(await under.remains()).not.toEqual([])
  expect(() => under.snapshots.sealed({ source: 'shop' })).toThrow(/no sealed snapshot/)

  await under.restarted().recover(never)
  expect(await under.remains()).toEqual([])
})
