import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, certificateFor } from '../lib/certificate.ts'
import { disposeAll } from '../lib/dispose-all.ts'
import { machineAddress, openWeb, type Web } from '../lib/web.ts'
import { type EgressScene, openEgressScene } from './egress-scene.ts'
import { pythonSaid, said } from './scene.ts'

/** A server that believes every byte it is sent. */
interface Naive extends AsyncDisposable {
  readonly port: number
  heard(): string
}

async function openNaive(): Promise<Naive> {
  let heard = ''
  const server = createServer((socket: Socket) => {
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        heard += chunk.toString('latin1')
        if (heard.includes('\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
  })
  await once(server.listen(0, '0.0.0.0'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    heard() {
      const before = heard
      heard = ''
      return before
    },
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

const address = await machineAddress()
let naive: Naive
let secure: Web
let certificate: Certificate
let scene: EgressScene

beforeAll(async () => {
  naive = await openNaive()
  certificate = await certificateFor('DNS:localhost', `IP:${address}`)
  secure = await openWeb((_request, response) => response.end('from inside TLS'), certificate)
  const allow = [
    {
      host: address,
      scheme: 'http',
      ports: [naive.port],
      methods: ['GET', 'POST'],
      paths: ['/public/*'],
    },
    { host: 'localhost', ports: [secure.port] },
    { host: address, ports: [secure.port] },
  ]
  scene = await openEgressScene({
    allow: allow.map((rule) => ({ ...rule, private: true })),
    ask: allow,
  })
  await scene.box.files.write('/workspace/ca.pem', certificate.cert)
})
afterAll(() => disposeAll(scene, naive, secure))

/** Sends bytes as they are, and tells what came back. */
const send = (host: string, port: number, bytes: string) => `
import socket
way = socket.create_connection(('${host}', ${port}), 5)
way.settimeout(6)
way.sendall(${JSON.stringify(bytes)}.encode('latin1'))
answer = b''
try:
    while chunk := way.recv(65536): answer += chunk
except OSError as cut: answer += str(cut).encode()
print(answer.decode('latin1'))
`

const smuggled = 'POST /private HTTP/1.1\r\nHost: smuggled\r\nContent-Length: 0\r\n\r\n'

/** Two requests in one, for whoever reads a length other than we do. */
const smuggling: readonly [what: string, rest: string][] = [
  [
    'a length beside chunks',
    `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  [
    'an odd encoding',
    `Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  [
    'a space before a colon',
    `Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  [
    'a folded encoding',
    `Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  ['two lengths', `Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`],
  [
    'a bare line feed in a header',
    `X: a\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n${smuggled}`,
  ],
  ['chunk extensions', `Transfer-Encoding: chunked\r\n\r\n0;\n\r\n${smuggled}0\r\n\r\n`],
]

describe('a request smuggled behind another by', () => {
  test.each(smuggling)(
    '%s arrives as it was sent only where nothing protects',
    async (_what, rest) => {
      const host = `${address}:${naive.port}`
      const head = (target: string) => `POST ${target} HTTP/1.1\r\nHost: ${host}\r\n${rest}`
      await scene.plain.pythonSaid(send(address, naive.port, head('/public/x')))
      expect(naive.heard()).toContain('POST /private')

      const answer = await pythonSaid(
        scene.box,
        send('127.0.0.1', 3128, head(`http://${host}/public/x`)),
      )
      // Cut off where it had begun to leave, else refused.
      expect(answer).toMatch(/^(HTTP\/1\.1 40[03] |\n$)/)
      expect(naive.heard()).not.toContain('/private')
    },
  )

  test('nothing at all arrives, written anew', async () => {
    const host = `${address}:${naive.port}`
    const request = `POST http://${host}/public/x?q=1 HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: x\r\nContent-Length: 2\r\n\r\nhi`
    await pythonSaid(scene.box, send('127.0.0.1', 3128, `${request}${smuggled}`))

    expect(naive.heard()).toMatch(
      new RegExp(
        `^POST /public/x\\?q=1 HTTP/1.1\\r\\nHost: ${host}\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nhi$`,
      ),
    )
  })

  test.each([
    ['a path with dots', '/public/../private'],
    ['escaped dots', '/public/%2e%2e/private'],
    ['an escaped slash', '/public/..%2fprivate'],
    ['a backslash', '/public/..\\\\private'],
  ])('%s is not asked for', async (_what, path) => {
    const host = `${address}:${naive.port}`
    await scene.plain.said(`curl -sS -m 5 --path-as-is 'http://${host}${path}'`)
    expect(naive.heard()).toContain('private')

    await said(scene.box, `curl -sS -m 5 --path-as-is 'http://${host}${path}'`)
    expect(naive.heard()).toBe('')
  })
})

/** TLS to the one host the tunnel may lead to, naming this one; then a request with that Host. */
const through = (proxy: string, serverName: string) => `
import socket, ssl
way = socket.create_connection(${proxy}, 5)
way.settimeout(6)
${proxy.includes('3128') ? `way.sendall(b'CONNECT localhost:PORT HTTP/1.1\\r\\nHost: localhost:PORT\\r\\n\\r\\n'); print(way.recv(4096).decode())` : ''}
context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
try:
    inside = context.wrap_socket(way, server_hostname=${serverName})
    inside.sendall(b'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n')
    print(inside.recv(4096).decode())
except OSError as refusal: print('REFUSED', refusal)
`

describe('a tunnel', () => {
  test('carries TLS that names its host', async () => {
    const own = through(`('127.0.0.1', 3128)`, `'localhost'`).replaceAll('PORT', `${secure.port}`)

    expect(await pythonSaid(scene.box, own)).toContain('from inside TLS')
    expect(
      await said(scene.box, `curl -sS -m 8 --cacert ca.pem https://${address}:${secure.port}/`),
    ).toContain('from inside TLS')
    secure.heard()
  })

  test.each([
    ['names another host', `'evil.example'`],
    ['names none', 'None'],
  ])('whose TLS %s is cut, which nobody does where nothing protects', async (_what, name) => {
    expect(await scene.plain.pythonSaid(through(`('${address}', ${secure.port})`, name))).toContain(
      'from inside TLS',
    )
    secure.heard()

    const attack = through(`('127.0.0.1', 3128)`, name).replaceAll('PORT', `${secure.port}`)
    expect(await pythonSaid(scene.box, attack)).toMatch(/REFUSED.*access denied/i)
    expect(secure.heard()).toEqual([])
  })

  test.each(['25', '22', '5432'])('to port %s is refused', async (port) => {
    const answer = await said(scene.box, `curl -sS -m 5 -p http://${address}:${port}/`)

    expect(answer).toContain('CONNECT tunnel failed, response 403')
    expect((await scene.decisions()).at(-1)).toMatchObject({
      data: { target: `${address}:${port}`, reason: 'port_not_allowed' },
    })
  })

  test('held open by the hundred leaves the proxy answering others', async () => {
    const hold = `
import socket
ways = []
for _ in range(120):
    way = socket.create_connection(('127.0.0.1', 3128), 5)
    way.sendall(b'CONNECT localhost:${secure.port} HTTP/1.1\\r\\nHost: localhost:${secure.port}\\r\\n\\r\\n')
    ways.append(way)
answers = [way.recv(12).decode() for way in ways]
print(answers.count('HTTP/1.1 200'), answers.count('HTTP/1.1 429'))`
    expect(await pythonSaid(scene.box, hold)).toBe('64 56\n')

    expect(await said(scene.box, `curl -sS -m 5 http://${address}:${naive.port}/public/y`)).toBe(
      'ok',
    )
  })
})
