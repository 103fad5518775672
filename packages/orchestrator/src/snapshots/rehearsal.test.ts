import type { SandboxError } from '@stuntdouble/sdk/errors'
import { expect, test } from 'vitest'
import { openBuild } from './testing/build-under-test.ts'
import { shop, shopPolicy } from './testing/shop.ts'

test('a check that masked rows break stops the build before a table is copied, naming the way out', async () => {
  await using under = openBuild(shop({ breaksChecks: ['only_ours'] }), shopPolicy)
  const error = await under.build().catch((cause: SandboxError) => cause)

  expect(error).toMatchObject({ code: 'config_invalid' })
  expect((error as SandboxError).message).toContain(
    'public.customer breaks its check only_ours with email as email. Answer keep',
  )
  expect(under.copy.lines('public.customer')).toEqual([])
  expect(await under.remains()).toEqual([])
})

test('a check on columns that are kept is not asked', async () => {
  const policy = shopPolicy.replace('email: email', 'email: keep')
  await using under = openBuild(shop({ breaksChecks: ['only_ours'] }), policy)

  expect((await under.build()).rows).toBe(100)
})

test('an image older than the source is refused before anything is copied', async () => {
  await using under = openBuild(shop({ stagedVersion: 13 }), shopPolicy)
  const error = await under.build().catch((cause: SandboxError) => cause)

  expect(error).toMatchObject({ code: 'config_invalid' })
  expect((error as SandboxError).message).toMatch(
    /"shop" is PostgreSQL 15, and the image .* runs 13/,
  )
  expect(await under.remains()).toEqual([])
})
