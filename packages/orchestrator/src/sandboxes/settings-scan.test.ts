import { expect, test } from 'vitest'
import { openLifecycle } from './testing/lifecycle-under-test.ts'

type Service = Readonly<Record<string, unknown>>

async function refusal(service: (secret: string) => Service) {
  await using under = await openLifecycle()
  const web = { image: 'stuntdouble/web', command: ['serve'], ...service(under.secret) }
  const blueprint = { services: { web } } as never
  const error = await under.create({ blueprint }).catch((cause: unknown) => cause)
  expect(await under.remains()).toEqual([])
  expect(JSON.stringify(error)).not.toContain(under.secret)
  return error
}

test.each<[string, (secret: string) => Service]>([
  ['environment', (secret) => ({ environment: { GREETING: secret } })],
  ['environment in base64', (secret) => ({ environment: { A: btoa(`user:${secret}`) } })],
  ['command', (secret) => ({ command: ['serve', `--key=${secret}`] })],
  ['health check', (secret) => ({ healthcheck: { test: ['CMD', 'ask', secret] } })],
])('a registered secret in the %s of a service starts nothing', async (_place, service) => {
  expect(await refusal(service)).toMatchObject({
    code: 'secret_found',
    message: expect.stringMatching(/^settings of web:\d+: holds the registered secret "stripe"/),
  })
})

test('what looks like a secret starts nothing either', async () => {
  const AWS = `AKIA${'Q7RZ3M5K'.repeat(2)}`

  expect(await refusal(() => ({ environment: { AWS } }))).toMatchObject({ code: 'secret_found' })
})

test('the passwords that its own databases were made with are none', async () => {
  await using under = await openLifecycle()

  const { databases } = await under.create()
  expect(databases.db?.url).toMatch(/:\/\/app:[\w-]{20,}@/)
})
