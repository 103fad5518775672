import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openEgress } from './testing/egress-under-test.ts'
import { openWeb } from './testing/web.ts'

const port = 80

/** Bytes that must never reach a server whose every request is allowed, by what is odd about them. */
const odd: readonly [what: string, request: (host: string) => string][] = [
  [
    'another Host than the address',
    (host) => `GET http://${host}/ HTTP/1.1\r\nHost: other.localhost\r\n\r\n`,
  ],
  [
    'another port than the address',
    (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}1\r\n\r\n`,
  ],
  ['no Host', (host) => `GET http://${host}/ HTTP/1.1\r\n\r\n`],
  ['an empty Host', (host) => `GET http://${host}/ HTTP/1.1\r\nHost:\r\n\r\n`],
  ['two Hosts', (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nHost: ${host}\r\n\r\n`],
  ['a Host with a user', (host) => `GET http://${host}/ HTTP/1.1\r\nHost: a@${host}\r\n\r\n`],
  ['a space before the colon', (host) => `GET http://${host}/ HTTP/1.1\r\nHost : ${host}\r\n\r\n`],
  [
    'a folded header',
    (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nX: a\r\n b\r\n\r\n`,
  ],
  ['bare line feeds', (host) => `GET http://${host}/ HTTP/1.1\nHost: ${host}\n\n`],
  [
    'a bare carriage return',
    (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nX: a\rb\r\n\r\n`,
  ],
  [
    'a NUL in a header',
    (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nX: a\0b\r\n\r\n`,
  ],
  [
    'a control character in its path',
    (host) => `GET http://${host}/\x01 HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ],
  ['a fragment', (host) => `GET http://${host}/#x HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a path alone', (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['an address of https', (host) => `GET https://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  [
    'an address of a file',
    (host) => `GET file://${host}/etc/passwd HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ],
  ['a star', (host) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a user in its address', (host) => `GET http://a:b@${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  [
    'a host hidden as a user',
    (host) => `GET http://${host}@evil.localhost/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ],
  [
    'a backslash after the host',
    (host) => `GET http://evil.localhost\\@${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ],
  [
    'a length and chunks',
    (host) =>
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  ],
  [
    'two lengths',
    (host) =>
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc`,
  ],
  [
    'the same length twice',
    (host) =>
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab`,
  ],
  [
    'a list of lengths',
    (host) => `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2, 2\r\n\r\nab`,
  ],
  [
    'a length with a sign',
    (host) => `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: +2\r\n\r\nab`,
  ],
  [
    'a length in hex',
    (host) => `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0x2\r\n\r\nab`,
  ],
  [
    'another encoding',
    (host) =>
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'an encoding nobody knows',
    (host) =>
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'chunks twice',
    (host) =>
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'chunks in HTTP/1.0',
    (host) =>
      `POST http://${host}/ HTTP/1.0\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['HTTP/0.9', (host) => `GET http://${host}/\r\n\r\n`],
  ['HTTP/2.0 in words', (host) => `GET http://${host}/ HTTP/2.0\r\nHost: ${host}\r\n\r\n`],
  ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a method of its own', (host) => `FETCH http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a method in small letters', (host) => `get http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  [
    'headers of 20 KB',
    (host) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
  ],
  [
    'ten thousand headers',
    (host) => `GET http://${host}/ HTTP/1.1\r\n${'A: b\r\n'.repeat(10_000)}Host: ${host}\r\n\r\n`,
  ],
  [
    'an expectation nobody knows',
    (host) => `GET http://${host}/ HTTP/1.1\r\nHost: evil.localhost\r\nExpect: x\r\n\r\n`,
  ],
]

describe('a request with', () => {
  test.each(odd)('%s is refused and never sent', async (_what, request) => {
    await using web = await openWeb()
    using egress = await openEgress({
      allow: [{ host: '*', scheme: 'http', ports: [web.port, port], private: true }],
    })
    const answer = await egress.ask(Buffer.from(request(`api.localhost:${web.port}`), 'latin1'))

    expect(answer).toMatch(/^HTTP\/1\.1 400 Blocked by policy; do not retry/)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1)
    expect(egress.decisions).toHaveLength(1)
    expect(egress.last()).toMatchObject({ allowed: false })
    expect(web.heard).toEqual([])
  })

  test.each(['TRACE', 'PROPFIND', 'PURGE', 'LINK'])('the method %s is refused', async (method) => {
    await using web = await openWeb()
    const host = `api.localhost:${web.port}`
    using egress = await openEgress({
      allow: [{ host: 'api.localhost', scheme: 'http', ports: [web.port], private: true }],
    })
    const answer = await egress.ask(`${method} http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)

    expect(answer).toContain('"reason":"method_not_allowed"')
    expect(web.heard).toEqual([])
  })

  test.each([
    ['an extension that ends its line', '2;a="\r\n\r\n0\r\n"\r\nhi\r\n0\r\n\r\n'],
    ['a bare line feed', '2\nhi\n0\n\n'],
    ['a size beyond any number', 'ffffffffffffffff1\r\nhi\r\n0\r\n\r\n'],
    ['a negative size', '-1\r\nhi\r\n0\r\n\r\n'],
    ['no end to its data', '2\r\nhi!\r\n0\r\n\r\n'],
  ])('a chunk that has %s never ends well', async (_what, chunks) => {
    await using web = await openWeb()
    const host = `api.localhost:${web.port}`
    using egress = await openEgress({
      allow: [{ host: 'api.localhost', scheme: 'http', ports: [web.port], private: true }],
    })
    const answer = await egress.ask(
      `POST http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    )

    expect(answer).not.toMatch(/HTTP\/1\.1 2/)
    expect(web.heard).toEqual([])
  })
})

test('whatever is sent, the way out answers or closes and reaches nobody', async () => {
  await using web = await openWeb()
  using egress = await openEgress({
    allow: [
      {
        host: 'api.localhost',
        scheme: 'http',
        ports: [web.port],
        paths: ['/never'],
        private: true,
      },
    ],
  })
  const host = `api.localhost:${web.port}`
  const piece = fc.oneof(
    fc.constantFrom(
      'GET',
      'CONNECT',
      ' ',
      '\r\n',
      '\n',
      `http://${host}/`,
      host,
      'HTTP/1.1',
      'Host: ',
      ':',
      '\0',
    ),
    fc.constantFrom(
      'Content-Length: 1\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n\r\n',
      '0\r\n\r\n',
      ';',
      '\t',
    ),
    fc.string({ maxLength: 8 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const socket = await egress.connect()
      socket.end(pieces.join(''))
      const chunks = await socket.toArray()
      const answer = Buffer.concat(chunks).toString('latin1')
      expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/)
    }),
    { numRuns: 150 },
  )
  expect(web.heard).toEqual([])
})
