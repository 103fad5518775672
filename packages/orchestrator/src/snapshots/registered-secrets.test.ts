import type { SandboxError } from '@stuntdouble/sdk/errors'
import { describe, expect, test } from 'vitest'
import { openBuild } from './testing/build-under-test.ts'
import type { FakeStore } from './testing/fake-store.ts'
import { shop, shopPolicy } from './testing/shop.ts'

const secret = 'Winter "is" coming, twice'
const secrets = { stripe: secret }
const base64 = Buffer.from(`user:${secret}`).toString('base64')

/** A shop in whose log something stands that no rule knows. */
function shopThatSays(message: string): FakeStore {
  const [customer, event] = shop().tables as [FakeStore['tables'][0], FakeStore['tables'][0]]
  return shop({ tables: [customer, { ...event, rows: [...event.rows, `60\t${message}`] }] })
}

const refusal = async (
  store: FakeStore,
  options: Parameters<typeof openBuild>[2] = { secrets },
) => {
  await using under = openBuild(store, shopPolicy, options)
  const error = await under.build().catch((cause: SandboxError) => cause)
  expect(await under.remains()).toEqual([])
  return error as SandboxError
}

describe('a registered secret in a snapshot', () => {
  test.each([
    ['as it is', secret],
    ['base64', `{"auth":"${base64}"}`],
    ['escaped as in JSON', JSON.stringify({ secret }).replaceAll('\\', '\\\\')],
  ])('stops the seal, naming it and its column, %s', async (encoding, message) => {
    // Nobody would know it for one.
    await using unregistered = openBuild(shopThatSays(message), shopPolicy)
    await expect(unregistered.build()).resolves.toMatchObject({ state: 'sealed' })

    const error = await refusal(shopThatSays(message))
    expect(error).toMatchObject({
      code: 'secret_found',
      message: expect.stringContaining(
        `the registered secret "stripe", ${encoding}, stands in public.event.message`,
      ),
    })
    for (const told of [secret, base64]) expect(JSON.stringify(error)).not.toContain(told)
  })

  test('is not let through by `accept:`', async () => {
    const accept = ['public.event.message']

    expect(await refusal(shopThatSays(secret), { secrets, accept })).toMatchObject({
      code: 'secret_found',
    })
  })

  test('stops the seal where only a file of the server holds it', async () => {
    expect(await refusal(shop({ files: { 'base/16384/2619': `..${secret}..` } }))).toMatchObject({
      message: expect.stringContaining('outside of every column, in base/16384/2619'),
    })
  })

  test('in a masked column does not come along, and stops nothing', async () => {
    const [customer, event] = shop().tables as [FakeStore['tables'][0], FakeStore['tables'][0]]
    const rows = customer.rows.map((row, at) => (at === 3 ? `3\ta@b.example\t${secret}` : row))
    const store = shop({ tables: [{ ...customer, rows }, event] })
    await using under = openBuild(store, shopPolicy, { secrets })

    await expect(under.build()).resolves.toMatchObject({ state: 'sealed' })
  })
})

describe('a snapshot', () => {
  test('that was not searched for a secret registered since is refused by the secret’s name', async () => {
    await using under = openBuild(shop(), shopPolicy, { secrets })
    const { id } = await under.build()
    const later = under.restarted(undefined, { ...secrets, vault: 'another secret' })

    expect(() => later.sealed({ source: 'shop' })).toThrow(
      expect.objectContaining({
        code: 'policy_refused',
        message: expect.stringMatching(/registered secret "vault"/),
        hint: expect.stringContaining('sandbox snapshot build --source shop'),
      }),
    )
    expect(() => later.sealed({ source: 'shop', snapshot: id })).toThrow(/"vault"/)
  })

  test('of before a secret got another value is refused', async () => {
    await using under = openBuild(shop(), shopPolicy, { secrets })
    await under.build()
    const rotated = under.restarted(undefined, { stripe: 'a value of another day' })

    expect(() => rotated.sealed({ source: 'shop' })).toThrow(/"stripe"/)
  })

  test('serves on while what is registered is the same, or less', async () => {
    await using under = openBuild(shop(), shopPolicy, { secrets })
    const { id } = await under.build()

    expect(under.restarted().sealed({ source: 'shop' }).id).toBe(id)
    expect(under.restarted(undefined, {}).sealed({ source: 'shop' }).id).toBe(id)
  })

  test('says nothing of what it was searched for', async () => {
    await using under = openBuild(shop(), shopPolicy, { secrets })
    const { id } = await under.build()

    expect(JSON.stringify(under.snapshots.show(id))).not.toMatch(/searchedFor/)
  })
})
