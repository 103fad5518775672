import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { type Brokered, openBrokered, realValue } from './testing/brokered.ts'
import { certificateFor } from './testing/certificate.ts'
import { credential } from './testing/credentials.ts'
import { openEgress } from './testing/egress-under-test.ts'
import { askInside, enter } from './testing/inside.ts'
import { openWeb } from './testing/web.ts'

const inside = async ({ egress, web }: Brokered) => ({
  ...{ egress, target: `api.localhost:${web.port}`, ca: await egress.trust() },
})

describe('TLS to a host with a credential', () => {
  test('is shown the sandbox’s own certificate for that host, by HTTP/1.1', async () => {
    await using scene = await openBrokered()
    const { egress, ...there } = await inside(scene)
    const client = await enter(egress, { ...there, tls: { ALPNProtocols: ['h2', 'http/1.1'] } })

    expect(client.alpnProtocol).toBe('http/1.1')
    expect(client.getPeerCertificate().subjectaltname).toBe('DNS:api.localhost')
    client.destroy()
  })

  test.each([
    ['names another host', { servername: 'other.localhost' }, 'name_mismatch'],
    ['names none', { servername: '' }, 'name_hidden'],
  ])('that %s ends with an alert', async (_what, tls, reason) => {
    await using scene = await openBrokered()
    const { egress, ...there } = await inside(scene)

    await expect(enter(egress, { ...there, tls })).rejects.toThrow()
    expect(egress.last()).toMatchObject({ allowed: false, method: 'CONNECT', reason })
  })

  test('that speaks HTTP/2 alone is not taken', async () => {
    await using scene = await openBrokered()
    const { egress, ...there } = await inside(scene)

    await expect(enter(egress, { ...there, tls: { ALPNProtocols: ['h2'] } })).rejects.toThrow()
  })

  test.each([
    ['another Host', 'GET /v1/x HTTP/1.1\r\nHost: other.localhost\r\n\r\n'],
    ['no Host', 'GET /v1/x HTTP/1.1\r\n\r\n'],
    ['a whole address', 'GET https://other.localhost/v1/x HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['a tunnel', 'CONNECT other.localhost:443 HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v2 HTTP/1.1\r\nHost: HOST\r\n\r\n',
    ],
    ['a bare line feed', 'GET /v1/x HTTP/1.1\nHost: HOST\n\n'],
  ])('with %s in it is refused, and nothing is sent', async (_what, bytes) => {
    await using scene = await openBrokered()
    const { egress, ...there } = await inside(scene)
    const answer = await askInside(egress, there, bytes.replaceAll('HOST', there.target))

    expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400'])
    expect(scene.web.heard).toEqual([])
  })

  test('carries request after request, each judged for itself', async () => {
    await using scene = await openBrokered()
    const { egress, ...there } = await inside(scene)
    const client = await enter(egress, there)
    const get = (path: string) =>
      `GET ${path} HTTP/1.1\r\nHost: ${there.target}\r\n${scene.bearer}\r\n\r\n`
    client.write(get('/v1/a') + get('/v1/b') + get('/v2'))

    expect((await text(client)).match(/HTTP\/1\.1 \d+/g)).toEqual([
      ...['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 403'],
    ])
    expect(scene.web.heard.map(({ request }) => request.headers.authorization)).toEqual([
      ...[`Bearer ${realValue}`, `Bearer ${realValue}`],
    ])
  })

  test('streams both ways', async () => {
    await using scene = await openBrokered({
      listener: (asked, response) => void asked.pipe(response),
    })
    const { egress, ...there } = await inside(scene)
    const client = await enter(egress, there)
    const echo = request({
      ...{ createConnection: () => client, method: 'POST', path: '/v1/x' },
      headers: { host: there.target },
    })
    echo.write('first')
    const [answer] = await once(echo, 'response')
    echo.end(' second')

    expect(await text(answer)).toBe('first second')
  })
})

test('TLS to a host whose credential was not asked for stays unbroken', async () => {
  const certificate = await certificateFor('DNS:api.localhost')
  await using web = await openWeb(undefined, certificate)
  const at = { host: 'api.localhost', port: web.port }
  using egress = await openEgress({
    ...{ credentials: [credential('api', at)], askedCredentials: [], values: { api: realValue } },
    allow: [{ host: at.host, ports: [at.port], private: true }],
  })
  const socket = await egress.connect()
  socket.write(`CONNECT ${at.host}:${at.port} HTTP/1.1\r\nHost: ${at.host}:${at.port}\r\n\r\n`)
  await once(socket, 'data')
  const client = connect({ socket, ca: certificate.cert, servername: at.host })
  await once(client, 'secureConnect')

  expect(client.authorized).toBe(true)
  client.destroy()
})
