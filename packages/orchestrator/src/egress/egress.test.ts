import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { openEgress } from './testing/egress-under-test.ts'
import { openWeb } from './testing/web.ts'

const get = (url: string, host = new URL(url).host, more = '') =>
  `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`

/** An http rule for a server of this machine. */
const local = (port: number, more: object = {}) => ({
  ...{ host: 'api.localhost', scheme: 'http' as const, ports: [port], private: true },
  ...more,
})

describe('what nobody allowed', () => {
  test.each([
    ['a request', get('http://db.production.example/x?token=1'), 'db.production.example:80'],
    [
      'a tunnel',
      'CONNECT db.example:5432 HTTP/1.1\r\nHost: db.example:5432\r\n\r\n',
      'db.example:5432',
    ],
  ])(
    'is %s that is answered with the reason, and recorded without its query',
    async (_what, bytes, target) => {
      using egress = await openEgress()
      const answer = await egress.ask(bytes)

      expect(answer).toMatch(/^HTTP\/1\.1 403 Blocked by policy; do not retry\r\n/)
      expect(answer).toMatch(/^x-stuntdouble-egress: host_not_allowed\r$/m)
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
        error: 'blocked_by_policy',
        reason: 'host_not_allowed',
        target,
        retryable: false,
        hint: expect.stringContaining('host: db.'),
      })
      expect(egress.decisions).toMatchObject([
        { allowed: false, target, reason: 'host_not_allowed' },
      ])
      expect(JSON.stringify(egress.decisions)).not.toContain('token')
    },
  )

  test('is told by the preset that would allow it', async () => {
    using egress = await openEgress()
    const target = 'registry.npmjs.org:443'

    expect(await egress.ask(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)).toContain(
      '`npm`',
    )
  })

  test('is not looked up', async () => {
    const asked: string[] = []
    const resolve = async (host: string) => {
      asked.push(host)
      return ['127.0.0.1']
    }
    using egress = await openEgress({ allow: [local(80)], resolve })
    await egress.ask(get('http://c2VjcmV0.exfil.example/'))
    await egress.ask(get('http://api.localhost:81/'))

    expect(asked).toEqual([])
  })

  test('may be allowed and not asked for', async () => {
    await using web = await openWeb()
    using egress = await openEgress({ allow: [local(web.port)], asked: [] })
    const answer = await egress.ask(get(`http://api.localhost:${web.port}/`))

    expect(answer).toContain('"reason":"not_asked"')
    expect(web.heard).toEqual([])
  })
})

describe('an allowed request', () => {
  test('arrives, is answered, and is recorded with its rule', async () => {
    await using web = await openWeb()
    using egress = await openEgress({ allow: [local(web.port)] })
    const host = `api.localhost:${web.port}`
    const answer = await egress.ask(get(`http://${host}/a/b?c=d`))

    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toContain(`hello from ${host}`)
    expect(web.heard[0]?.request).toMatchObject({ method: 'GET', url: '/a/b?c=d' })
    expect(egress.decisions).toEqual([
      {
        allowed: true,
        method: 'GET',
        target: host,
        path: '/a/b',
        rule: 'api.localhost',
        reason: null,
      },
    ])
  })

  test('has no header that was meant for the proxy, and one Host', async () => {
    await using web = await openWeb()
    using egress = await openEgress({ allow: [local(web.port)] })
    const more =
      'Proxy-Authorization: Basic c2VjcmV0\r\nConnection: X-Hop, Host, Content-Length\r\nX-Hop: 1\r\nX-Kept: 2\r\nTE: trailers\r\nUpgrade: h2c\r\n'
    await egress.ask(get(`http://API.localhost:${web.port}/`, `api.LOCALHOST:${web.port}`, more))

    expect(web.heard[0]?.request.rawHeaders).toEqual([
      ...['Host', `api.localhost:${web.port}`, 'X-Kept', '2', 'Connection', 'close'],
    ])
  })

  test.each([
    ['a length', 'Content-Length: 5\r\n', 'hello'],
    [
      'chunks',
      'Transfer-Encoding: chunked\r\n',
      '5\r\nhello\r\n0\r\nHost: evil\r\nX-Trailer: 1\r\n\r\n',
    ],
    ['a body that waits to be asked for', 'Content-Length: 5\r\nExpect: 100-continue\r\n', 'hello'],
  ])('carries a body with %s', async (_what, framing, body) => {
    await using web = await openWeb()
    using egress = await openEgress({ allow: [local(web.port)] })
    const host = `api.localhost:${web.port}`
    await egress.ask(
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n${framing}Connection: close\r\n\r\n${body}`,
    )

    expect(web.heard.map(({ body }) => body)).toEqual(['hello'])
    expect(web.heard[0]?.request.headers).not.toHaveProperty('x-trailer')
  })

  test('may follow another on one connection, each judged for itself', async () => {
    await using web = await openWeb()
    using egress = await openEgress({ allow: [local(web.port, { paths: ['/a/*'] })] })
    const host = `api.localhost:${web.port}`
    const first = `GET http://${host}/a/1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const answer = await egress.ask(first + get(`http://${host}/b`))

    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403'])
    expect(web.heard.map(({ request }) => request.url)).toEqual(['/a/1'])
  })

  test('is refused for its method or its path, and the server hears nothing', async () => {
    await using web = await openWeb()
    const rule = local(web.port, { methods: ['GET'], paths: ['/a/*', '/b'] })
    using egress = await openEgress({ allow: [rule] })
    const host = `api.localhost:${web.port}`
    const outcomes: Record<string, string | null | undefined> = {}
    for (const path of [
      '/a/../x',
      '/a/%2e%2e/x',
      '/a/..%2fx',
      '/a//x',
      '/a/;/x',
      '/a\\x',
      '/A/x',
      '/b/',
      '/bb',
      '/',
    ]) {
      await egress.ask(get(`http://${host}${path}`))
      outcomes[path] = egress.last()?.reason
    }
    await egress.ask(get(`http://${host}/a/`).replace('GET', 'DELETE'))

    expect(Object.values(outcomes)).toEqual(
      Object.keys(outcomes).map((path) =>
        path === '/a\\x' ? expect.anything() : 'path_not_allowed',
      ),
    )
    expect(egress.last()?.reason).toBe('method_not_allowed')
    expect(web.heard).toEqual([])
  })

  test('that is redirected is a new request, with a decision of its own', async () => {
    await using web = await openWeb((_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
    })
    using egress = await openEgress({
      allow: [local(web.port), { host: '*', scheme: 'http', private: true }],
    })
    const moved = await egress.ask(get(`http://api.localhost:${web.port}/`))
    expect(moved).toContain('location: http://169.254.169.254/latest/meta-data/')

    expect(await egress.ask(get('http://169.254.169.254/latest/meta-data/'))).toMatch(
      /^HTTP\/1\.1 403 /,
    )
    expect(egress.last()).toMatchObject({ allowed: false, target: '169.254.169.254:80' })
  })

  test.each([
    ['does not listen', 1],
    ['has no address', 80],
  ])('to a server that %s is answered as such', async (_what, port) => {
    const host = port === 1 ? 'api.localhost' : 'gone.example'
    using egress = await openEgress({ allow: [local(port, { host })] })
    const answer = await egress.ask(get(`http://${host}:${port}/`))

    expect(answer).toMatch(/^HTTP\/1\.1 502 Allowed, but not reachable/)
    expect(answer).toContain('"error":"unreachable"')
  })

  test('has no 101, whatever the server answers', async () => {
    await using web = await openWeb((_request, response) => {
      response.socket?.end(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      )
    })
    using egress = await openEgress({ allow: [local(web.port)] })

    expect(await egress.ask(get(`http://api.localhost:${web.port}/`))).toMatch(/^HTTP\/1\.1 502 /)
  })

  test('streams both ways: the answer begins before the request ends', async () => {
    await using web = await openWeb((request, response) => {
      request.pipe(response)
    })
    using egress = await openEgress({ allow: [local(web.port)] })
    const host = `api.localhost:${web.port}`
    const echo = request({
      port: egress.port,
      path: `http://${host}/`,
      method: 'POST',
      headers: { host },
    })
    echo.write('first')
    const answer = await new Promise<NodeJS.ReadableStream>((resolve) =>
      echo.on('response', resolve),
    )
    echo.end(' second')

    expect(await text(answer)).toBe('first second')
  })
})

describe('the end of a sandbox', () => {
  test('cuts what is open, and tells how much there was', async () => {
    await using web = await openWeb((_request, response) => void response.write('x'.repeat(1000)))
    using egress = await openEgress({ allow: [local(web.port)] })
    const socket = await egress.connect()
    socket.write(get(`http://api.localhost:${web.port}/`))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    await expect.poll(() => answer).toMatch(/x{1000}/)
    const cut = new Promise((resolve) => socket.once('end', resolve).once('close', resolve))
    egress.close()

    await cut
    expect(egress.totals).toMatchObject([{ allowed: 1, denied: 0 }])
    expect(egress.totals[0]?.downloadBytes).toBeGreaterThan(1000)
  })
})
