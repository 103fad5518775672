import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from '../../../../script/lib/fuzz.ts'
import { type EgressUnderTest, openEgress } from './testing/egress-under-test.ts'

/** A server that believes every byte, and what it was sent. */
const heard: { bytes: string }[] = []
const naive = createServer((socket: Socket) => {
  const connection = { bytes: '' }
  heard.push(connection)
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      connection.bytes += chunk.toString('latin1')
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
    })
})
let port: number
let egress: EgressUnderTest
beforeAll(async () => {
  await once(naive.listen(0, '127.0.0.1'), 'listening')
  const address = naive.address()
  port = typeof address === 'object' && address ? address.port : 0
  const rule = { host: 'api.localhost', scheme: 'http' as const, ports: [port] }
  egress = await openEgress({
    allow: [{ ...rule, methods: ['GET'], paths: ['/public/*'], private: true }],
  })
})
afterAll(() => {
  egress?.[Symbol.dispose]()
  naive.close()
})

const noise = fc.constantFrom(
  ...[
    '',
    ' ',
    '\t',
    '\r',
    '\n',
    '\r\n',
    '\0',
    '%2e%2e/',
    '/../',
    '//',
    '\\',
    '#',
    '?',
    '@evil.example',
  ],
  ...['GET /secret HTTP/1.1\r\nHost: x\r\n\r\n', 'Host: evil.example\r\n', 'Content-Length: 5\r\n'],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding : chunked\r\n',
    '0\r\n\r\n',
    'X: a\r\n b\r\n',
  ],
  ...[
    'Connection: Host\r\n',
    'Connection: upgrade\r\nUpgrade: h2c\r\n',
    'Expect: 100-continue\r\n',
  ],
)

/** A request that is allowed, with noise where a parser may stumble. */
const request = fc
  .record({
    at: fc.array(fc.tuple(fc.nat(200), noise), { maxLength: 3 }),
    method: fc.constantFrom('GET', 'get', 'POST', 'CONNECT', 'GE T', 'TRACE'),
    version: fc.constantFrom('1.1', '1.0', '1.1', '2.0', '0.9'),
  })
  .map(({ at, method, version }) => {
    return at.reduce(
      (text, [place, bytes]) => `${text.slice(0, place)}${bytes}${text.slice(place)}`,
      requestOf(method, version),
    )
  })

test('whatever is asked, the other side hears nothing but one request that the policy allows', async () => {
  await ask(requestOf('GET', '1.1'))
  expect(passedOn()).toHaveLength(1)
  await fuzz(
    fc.asyncProperty(request, async (bytes) => {
      heard.length = 0
      await ask(bytes)
      for (const sent of passedOn()) {
        expect(sent).toMatch(/^GET \/public\/[^ \r\n]* HTTP\/1\.1\r\n/)
        expect(sent.match(/\bHTTP\/\d/g)).toHaveLength(1)
        expect(sent.match(/^host: .*$/gim)).toEqual([
          expect.stringMatching(new RegExp(`: api\\.localhost:${port}$`)),
        ])
        expect(decodeURIComponent(sent.split(' ')[1] ?? '')).not.toMatch(/\/\.\.(\/|$)|\\/)
      }
    }),
  )
})

const requestOf = (method: string, version: string) =>
  `${method} http://api.localhost:${port}/public/x HTTP/${version}\r\nHost: api.localhost:${port}\r\nConnection: close\r\n\r\n`

async function ask(bytes: string): Promise<void> {
  const socket = await egress.connect()
  socket.end(Buffer.from(bytes, 'latin1'))
  socket.resume()
  if (!socket.destroyed) await once(socket, 'close')
}

/** A connection may be given up before anything is said on it. */
const passedOn = () => heard.map(({ bytes }) => bytes).filter((bytes) => bytes !== '')
