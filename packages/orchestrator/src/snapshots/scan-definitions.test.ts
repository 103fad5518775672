import { expect, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { registerSecrets } from '../secrets/secrets.ts'
import { holdsAddress } from './personal-shapes.ts'
import { scanDefinitions } from './scan-definitions.ts'

const key = `sk_live_${'a1'.repeat(12)}`
const secret = 'Winter is coming, twice'
const registered = registerSecrets(
  [{ name: 'winter', value: new Secret(secret) }],
  Buffer.alloc(32, 1),
)
const schema = (what: string, sql: string) => ({ beforeData: [{ what, sql }], afterData: [] })
const scan = (what: string, sql: string, accept: readonly string[] = []) =>
  scanDefinitions(schema(what, sql), { name: 'shop', accept }, registered)

test('a secret in a body stops the build before anything is made, naming the object and the rule', async () => {
  const failure = await scan('function public.pay()', `SELECT '${key}'`).catch((cause) => cause)

  expect(failure).toMatchObject({ code: 'secret_found' })
  expect(failure.message).toMatch(/function public\.pay\(\): looks like a secret \(Stripe key\)/)
  expect(JSON.stringify(failure)).not.toContain(key.slice(8))
})

test('an address of nobody in any table stops it as well', async () => {
  await expect(scan('default of public.a.b', `DEFAULT 'ann@corp.io'`)).rejects.toMatchObject({
    message: expect.stringMatching(/default of public\.a\.b: holds an e-mail address/),
  })
})

test('an object whose name is the address is told without it', async () => {
  const failure = await scan(
    'table public.of ann@corp.io',
    'CREATE TABLE "of ann@corp.io"()',
  ).catch((cause) => cause)

  expect(failure.message).toContain('table public.of …: holds an e-mail address')
  expect(JSON.stringify(failure)).not.toContain('ann@corp')
})

test('what the operator accepts by name becomes a finding', async () => {
  const sql = `SELECT 'support@corp.io'`

  expect(await scan('view public.v', sql, ['view public.v'])).toEqual([
    expect.objectContaining({ where: 'view public.v', severity: 'info' }),
  ])
  await expect(scan('view public.w', sql, ['view public.v'])).rejects.toMatchObject({})
})

test('a definition that holds nothing is passed over', async () => {
  expect(await scan('table public.a', 'CREATE TABLE a (password text, mail text)')).toEqual([])
})

test('an address at a name that is reserved for examples is nobody’s', () => {
  expect(holdsAddress('write to a.b@example.com, x@mail.test or y@db.localhost')).toBe(false)
  expect(holdsAddress('write to a.b@example.com.evil.io')).toBe(true)
  expect(holdsAddress('a @> b, @x, x@y, 5@6.7')).toBe(false)
})

test('a registered secret stops it in any form, whatever is accepted', async () => {
  const what = 'function public.pay()'
  const hidden = [secret, Buffer.from(`a${secret}`).toString('base64'), secret.toUpperCase()]
  for (const text of hidden) {
    const failure = await scan(what, `SELECT $$${text}$$`, [what]).catch((cause) => cause)

    expect(failure).toMatchObject({ code: 'secret_found' })
    expect(failure.message).toMatch(
      /function public\.pay\(\): holds the registered secret "winter"/,
    )
    expect(JSON.stringify(failure)).not.toContain(text)
  }
})

test('a registered secret with a quote in it is found as SQL writes it', async () => {
  const quoted = registerSecrets(
    [{ name: 'quoted', value: new Secret("it's a long one") }],
    Buffer.alloc(32, 1),
  )
  const sql = schema('default of public.a.b', "DEFAULT 'it''s a long one'")

  await expect(scanDefinitions(sql, { name: 'shop' }, quoted)).rejects.toMatchObject({
    message: expect.stringContaining('the registered secret "quoted", escaped as in SQL'),
  })
})

test('an object that is called like a registered secret is not named', async () => {
  const failure = await scan(`table public.${secret}`, `CREATE TABLE "${secret}"()`).catch(
    (cause) => cause,
  )

  expect(failure.message).toContain('an object whose name must not be told: holds the registered')
  expect(JSON.stringify(failure)).not.toContain(secret)
})
