import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from '../../../../script/lib/fuzz.ts'
import { openGateway } from './testing/gateway-under-test.ts'

let gateway: Awaited<ReturnType<typeof openGateway>>
beforeAll(async () => {
  gateway = await openGateway()
})
afterAll(() => gateway?.[Symbol.asyncDispose]())

/** The right address, with one thing changed, or nothing of it. */
const path = fc
  .record({
    at: fc.nat(70),
    by: fc.constantFrom(
      '',
      'A',
      '%',
      '%00',
      '%2f',
      '/',
      '//',
      '/..',
      '?',
      '#',
      '.',
      '%zz',
      '\u00ff',
    ),
    cut: fc.nat(2),
    rest: fc.constantFrom('', '/', '/files/', '/files/../..', '/exec', '/files/%2e%2e%2f'),
  })
  .map(({ at, by, cut, rest }) => {
    const whole = `/s/${gateway.token}`
    return encodeURI(`${whole.slice(0, at)}${by}${whole.slice(at + cut)}${rest}`).replaceAll(
      '%25',
      '%',
    )
  })

test('an address opens a sandbox only with the whole token in it', async () => {
  expect(await statusOf(`/s/${gateway.token}`)).toBeLessThan(400)
  await fuzz(
    fc.asyncProperty(path, async (asked) => {
      // So slowly that nobody is held back.
      gateway.time.now += 600
      const status = await statusOf(asked)
      expect(status).toBeLessThan(500)
      if (status < 400) expect(decodeURIComponent(asked)).toContain(gateway.token)
    }),
  )
})

/** The path goes out as it is, unlike with fetch. */
async function statusOf(path: string): Promise<number> {
  const sent = request(gateway.origin, { path }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode ?? 0
}
