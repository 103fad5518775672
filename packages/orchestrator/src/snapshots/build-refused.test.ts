import { inspect } from 'node:util'
import type { SandboxError } from '@stuntdouble/sdk/errors'
import { expect, test } from 'vitest'
import { openBuild } from './testing/build-under-test.ts'
import { canary, shop, shopPolicy, talkativeShop } from './testing/shop.ts'

test('a column that nobody answered for stops the build before anything is made', async () => {
  await using under = openBuild(shop(), 'public.customer: { id: keep, name: full_name }')
  const error = await under.build().catch((cause: SandboxError) => cause)

  expect(error).toMatchObject({
    code: 'policy_unanswered',
    details: {
      columns: ['public.customer.email', 'public.event.id', 'public.event.message'],
    },
    hint: expect.stringContaining('sandbox data review --source shop --update'),
  })
  expect(await under.remains()).toEqual([])
  expect(under.engine.images).toMatchObject({ made: [] })
})

test('a policy that is not there is said before anything is made', async () => {
  await using under = openBuild(shop())

  await expect(under.build()).rejects.toMatchObject({ code: 'policy_unanswered' })
  expect(await under.remains()).toEqual([])
})

test('a policy that does not fit its columns is refused before anything is made', async () => {
  await using under = openBuild(
    shop(),
    shopPolicy.replace('{ id: keep, email', '{ id: email, email'),
  )

  await expect(under.build()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('public.customer.id'),
  })
  expect(await under.remains()).toEqual([])
})

test.each([
  ['public.old: { note: text }\n', 'public.old.note is gone'],
  ['schema: { public.customer: { id: bigint } }\n', 'public.customer.id was bigint and is integer'],
  ['schema: { public.old: { id: bigint } }\n', 'public.old is gone'],
])(
  'a policy reviewed for another schema stops the build, which names the difference',
  async (rest, change) => {
    await using under = openBuild(shop(), shopPolicy + rest)
    const error = await under.build().catch((cause: SandboxError) => cause)

    expect(error).toMatchObject({ code: 'config_invalid', details: { changes: [change] } })
    expect(await under.remains()).toEqual([])
  },
)

test('an address that also stands in a kept log message stops the seal', async () => {
  await using under = openBuild(talkativeShop(), shopPolicy)
  const error = await under.build().catch((cause: SandboxError) => cause)

  expect(error).toMatchObject({ code: 'snapshot_failed' })
  expect(inspect(error)).toMatch(/public\.customer\.email.*public\.event\.message/)
  expect(inspect(error, { depth: 9 })).not.toContain('canary')
  expect(await under.remains()).toEqual([])
})

test('an address that stands in a file of the copy alone stops the seal', async () => {
  const files = { 'base/1/1255': 'pg_catalog', 'base/16384/3456': `body of ${canary} function` }
  await using under = openBuild(shop({ files }), shopPolicy)

  await expect(under.build()).rejects.toThrow(/outside of every column, in base\/16384\/3456/)
  expect(await under.remains()).toEqual([])
})
