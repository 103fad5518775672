import { once } from 'node:events'
import { request, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { certificateFor } from './testing/certificate.ts'
import { type EgressUnderTest, openEgress } from './testing/egress-under-test.ts'
import { openWeb, type Web } from './testing/web.ts'

const certificate = await certificateFor('DNS:api.localhost', 'DNS:other.localhost')
let web: Web
beforeAll(async () => {
  web = await openWeb(undefined, certificate)
})
afterAll(() => web[Symbol.asyncDispose]())

const rule = (port: number, more: object = {}) => ({
  ...{ host: 'api.localhost', ports: [port], private: true },
  ...more,
})

/** A tunnel that the proxy has opened. */
async function tunnelled(egress: EgressUnderTest, target: string): Promise<Socket> {
  const socket = await egress.connect()
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /)
  return socket
}

/** What a TLS client in the tunnel reads, or the code of its failure. */
async function askThrough(egress: EgressUnderTest, tls: ConnectionOptions): Promise<string> {
  const target = `api.localhost:${web.port}`
  const socket = await tunnelled(egress, target)
  const client = connectTls({ socket, ca: certificate.cert, ...tls })
  const failed = once(client, 'error').then(([cause]) => String(cause.code))
  client.on('secureConnect', () => {
    client.write(`GET / HTTP/1.1\r\nHost: ${target}\r\nConnection: close\r\n\r\n`)
  })
  return Promise.race([text(client).catch(() => failed), failed])
}

describe('a tunnel', () => {
  test('carries TLS to the host it names, and is recorded', async () => {
    using egress = await openEgress({ allow: [rule(web.port)] })
    const answer = await askThrough(egress, { servername: 'api.localhost' })

    expect(answer).toContain('hello from api.localhost')
    expect(egress.decisions).toEqual([
      {
        ...{ allowed: true, method: 'CONNECT', target: `api.localhost:${web.port}` },
        ...{ path: null, rule: 'api.localhost', reason: null },
      },
    ])
  })

  test.each([
    ['names another host', 'other.localhost', 'name_mismatch'],
    ['names a part of it', 'localhost', 'name_mismatch'],
    ['names none', '', 'name_hidden'],
  ])(
    'whose TLS %s ends with an alert, and the server hears nothing',
    async (_what, servername, reason) => {
      const heard = web.heard.length
      using egress = await openEgress({
        allow: [rule(web.port), rule(web.port, { host: 'other.localhost' })],
      })

      expect(
        await askThrough(egress, { servername, checkServerIdentity: () => undefined }),
      ).toMatch(/ALERT_ACCESS_DENIED/)
      expect(egress.last()).toMatchObject({ allowed: false, method: 'CONNECT', reason })
      expect(web.heard).toHaveLength(heard)
    },
  )

  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['nothing but zeros', '\0'.repeat(100)],
  ])('with %s in it ends, and the server hears nothing', async (_what, bytes) => {
    let reached = 0
    await using plain = await openWeb(() => {
      reached += 1
    })
    using egress = await openEgress({ allow: [rule(plain.port)] })
    const socket = await tunnelled(egress, `api.localhost:${plain.port}`)
    socket.write(bytes)
    await text(socket)

    expect(egress.last()).toMatchObject({ allowed: false, reason: 'not_tls' })
    expect(reached).toBe(0)
  })

  test.each([
    [
      'a port that is not allowed',
      (port: number) => `api.localhost:${port - 1}`,
      'port_not_allowed',
    ],
    ['the same host in hidden letters', (port: number) => `\u0430pi.localhost:${port}`, undefined],
    ['the same host with a dot', (port: number) => `api.localhost.:${port}`, 'host_unclear'],
    ['a user', (port: number) => `api.localhost@evil.example:${port}`, 'host_unclear'],
    ['no port', () => 'api.localhost', 'host_unclear'],
    ['an address', (port: number) => `127.0.0.1:${port}`, 'host_not_allowed'],
    ['a short address', (port: number) => `127.1:${port}`, 'host_unclear'],
    ['a mapped address', (port: number) => `[::ffff:127.0.0.1]:${port}`, 'host_not_allowed'],
  ])('to %s is refused', async (_what, target, reason) => {
    using egress = await openEgress({ allow: [rule(web.port), { host: '*' }] })
    const name = target(web.port)
    const answer = await egress.ask(`CONNECT ${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`)

    expect(answer).toMatch(/^HTTP\/1\.1 40[03] Blocked by policy; do not retry/)
    expect(egress.last()).toMatchObject({ allowed: false, reason: reason ?? 'malformed' })
  })

  test.each([
    ['another Host', 'Host: evil.example\r\n', ''],
    ['a length', 'Host: api.localhost\r\nContent-Length: 5\r\n', ''],
    [
      'bytes before it is open',
      'Host: api.localhost\r\n',
      'GET http://evil.example/ HTTP/1.1\r\n\r\n',
    ],
  ])('that is asked for with %s is refused once', async (_what, headers, ahead) => {
    using egress = await openEgress({ allow: [rule(web.port)] })
    const target = `api.localhost:${web.port}`
    const answer = await egress.ask(
      `CONNECT ${target} HTTP/1.1\r\n${headers.replace('api.localhost', target)}\r\n${ahead}`,
    )

    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
    expect(egress.decisions).toMatchObject([{ reason: 'malformed' }])
  })

  test('to a port of plain HTTP is read: its requests are judged one by one', async () => {
    await using plain = await openWeb()
    using egress = await openEgress({
      allow: [{ ...rule(plain.port), scheme: 'http', paths: ['/a'] }],
    })
    const target = `api.localhost:${plain.port}`
    const socket = await tunnelled(egress, target)
    const get = (path: string, host = target) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    socket.write(get('/a'))
    expect(String((await once(socket, 'data'))[0])).toContain('200 OK')
    socket.write(get('/b'))
    expect(await text(socket)).toContain('"reason":"path_not_allowed"')

    const other = await tunnelled(egress, target)
    other.write(get('/a', 'evil.example'))
    expect(await text(other)).toMatch(/^HTTP\/1\.1 400 /)
    const nested = await tunnelled(egress, target)
    nested.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
    expect(await text(nested)).toMatch(/^HTTP\/1\.1 400 /)
    expect(plain.heard.map(({ request }) => request.url)).toEqual(['/a'])
  })

  test('to a port of plain HTTP waits for an answer that takes long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>()
    await using plain = await openWeb((_request, response) => resolve(response))
    using egress = await openEgress({ allow: [{ ...rule(plain.port), scheme: 'http' }] })
    const target = `api.localhost:${plain.port}`
    const socket = await tunnelled(egress, target)
    socket.write(`GET / HTTP/1.1\r\nHost: ${target}\r\nConnection: close\r\n\r\n`)
    const answer = await asked
    vi.advanceTimersByTime(15_000)
    answer.end('at last')

    expect(await text(socket)).toContain('at last')
  })

  test('passes the end of one side on, and waits for the other', async () => {
    const answered: string[] = []
    await using echo = await openWeb(async (incoming, response) => {
      answered.push(await text(incoming))
      await sleep(50)
      response.end('late')
    }, certificate)
    using egress = await openEgress({ allow: [rule(echo.port)] })
    const socket = await tunnelled(egress, `api.localhost:${echo.port}`)
    const asked = request({
      createConnection: () =>
        connectTls({ socket, ca: certificate.cert, servername: 'api.localhost' }),
      ...{ method: 'POST', headers: { host: 'api.localhost' } },
    })
    asked.end('all of it')
    const [response] = await once(asked, 'response')

    expect(await text(response)).toBe('late')
    expect(answered).toEqual(['all of it'])
  })
})
