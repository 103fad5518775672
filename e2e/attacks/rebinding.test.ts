import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { ask } from '../../packages/cli/src/drill/ask.ts'
import { openEgress } from '../../packages/orchestrator/src/egress/testing/egress-under-test.ts'
import { openWeb } from '../lib/web.ts'
import { bearer, placesOf, problem, upgradeStatus } from './doors.ts'
import { useScene } from './scene.ts'

const scene = useScene()

const strangers = [
  'rebind.example',
  'rebind.example:1234',
  'localhost.rebind.example',
  '127.0.0.1.rebind.example',
  '127.0.0.1@rebind.example',
  'xn--localhst-y4a',
]

describe('a page whose name was made to resolve to this machine', () => {
  test('is answered by a server that does not look at the name it was asked by', async () => {
    const server = createServer((_request, response) => response.end('secret')).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const address = server.address()
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`

    expect((await ask(origin, '/', { headers: { host: 'rebind.example' } })).body).toBe('secret')
    server.close().closeAllConnections()
  })

  test.each(strangers)(
    'gets nothing from either door as %s, not with the right key either',
    async (host) => {
      const { control, gateway, key } = await placesOf(scene())
      const { box } = scene()
      const asked = { headers: { host, origin: `http://${host}`, ...bearer(key) } }
      for (const answer of [
        await ask(control, '/v1/health', { headers: { host } }),
        await ask(control, '/v1/sandboxes', asked),
        await ask(control, '/', { headers: { host } }),
        await ask(gateway, `/s/${box.token}`, { headers: { host } }),
        await ask(gateway, `/s/${box.token}/files/etc/passwd`, { headers: { host } }),
      ]) {
        expect(answer.status).toBe(403)
        expect(problem(answer).code).toBe('forbidden')
      }
      expect(await upgradeStatus(gateway, `/s/${box.token}/process`, { host })).toBe(403)
    },
  )

  test.each(['localhost', '127.0.0.1', '[::1]', 'sb.localhost'])(
    '%s is a name of ours',
    async (name) => {
      const { control } = await placesOf(scene())
      const host = `${name}:${new URL(control).port}`

      expect((await ask(control, '/v1/health', { headers: { host } })).status).toBe(200)
    },
  )
})

describe('a name whose answer changes', () => {
  const secret = 'what only this machine may see'
  /** First an address that may be dialled, then this machine’s. */
  const changing = () => {
    const answers = [['192.0.3.1'], ['127.0.0.1']]
    return async () => answers.shift() ?? ['127.0.0.1']
  }

  test('leads a proxy to this machine that looks once to judge and once to dial', async () => {
    await using web = await openWeb((_request, response) => response.end(secret))
    const resolve = changing()
    const judged = await resolve()
    const [dialled = ''] = await resolve()

    expect(judged).toEqual(['192.0.3.1'])
    expect((await ask(`http://${dialled}:${web.port}`, '/')).body).toBe(secret)
  })

  test('leads ours nowhere', async () => {
    await using web = await openWeb((_request, response) => response.end(secret))
    const host = 'rebind.example'
    using egress = await openEgress({
      allow: [{ host, scheme: 'http', ports: [web.port] }],
      resolve: changing(),
    })
    const request = `GET http://${host}:${web.port}/ HTTP/1.1\r\nHost: ${host}:${web.port}\r\n\r\n`

    expect(await egress.ask(request)).toContain('unreachable')
    expect(await egress.ask(request)).toContain('"reason":"address_not_allowed"')
    expect(web.heard()).toEqual([])
  })
})
