import { describe, expect, test } from 'vitest'
import { pythonSaid, useScene } from './scene.ts'

const scene = useScene()

/** Sends bytes to the only way out and tells what came back, and after how long. */
const ask = (request: string) => `
import socket, time
began = time.monotonic()
way = socket.create_connection(('127.0.0.1', 3128), 5)
way.settimeout(8)
answer = b''
try:
    way.sendall(${request})
    while chunk := way.recv(65536): answer += chunk
except OSError as cut:
    answer += b' cut: ' + str(cut).encode()
print(answer.decode('latin1'))
print('SECONDS', time.monotonic() - began)
`

const text = (request: string) => `${JSON.stringify(request)}.encode('latin1')`

const refusals: readonly [what: string, request: string, target: string][] = [
  [
    'a tunnel',
    text('CONNECT prod.example:5432 HTTP/1.1\r\nHost: prod.example:5432\r\n\r\n'),
    'prod.example:5432',
  ],
  [
    'an absolute address',
    text('GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n'),
    'a.example:80',
  ],
  [
    'a post',
    text('POST http://b.example/ HTTP/1.1\r\nHost: b.example\r\nContent-Length: 2\r\n\r\nhi'),
    'b.example:80',
  ],
  [
    'an upgrade',
    text(
      'GET http://c.example/ HTTP/1.1\r\nHost: c.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    ),
    'c.example:80',
  ],
  [
    'the orchestrator’s own address',
    text('GET http://127.0.0.1/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'),
    '127.0.0.1:80',
  ],
  [
    'a body that waits to be asked',
    text(
      'PUT http://d.example/ HTTP/1.1\r\nHost: d.example\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
    ),
    'd.example:80',
  ],
]

const malformed: readonly [what: string, request: string][] = [
  [
    'two lengths',
    text(
      'POST http://e.example/ HTTP/1.1\r\nHost: e\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://smuggled.example/ HTTP/1.1\r\nHost: s\r\n\r\n',
    ),
  ],
  [
    'headers without end',
    `b'GET http://f.example/ HTTP/1.1\\r\\nX: ' + b'x' * 200000 + b'\\r\\n\\r\\n'`,
  ],
  [
    'ten thousand headers',
    `b'GET http://g.example/ HTTP/1.1\\r\\n' + b'A: b\\r\\n' * 10000 + b'\\r\\n'`,
  ],
  ['another protocol', text('SSH-2.0-OpenSSH_9.2\r\n')],
  ['bytes of TLS', `bytes.fromhex('1603010200010001fc0303') + b'\\0' * 64`],
  ['a PROXY line', text('PROXY TCP4 1.2.3.4 127.0.0.1 1 5432\r\n\r\n')],
]

describe('the way out', () => {
  const denials = async () =>
    (await scene().control.events(scene().box.id))
      .filter(({ type }) => type === 'egress_denied')
      .map(({ data }) => String(data.target))

  test.each(refusals)('answers %s at once with the reason', async (_what, request, target) => {
    const answer = await pythonSaid(scene().box, ask(request))

    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).toContain('"error":"blocked_by_policy"')
    expect(Number(answer.split('SECONDS ')[1])).toBeLessThan(8)
    expect(await denials()).toContain(target)
  })

  test.each(malformed)('turns %s away at once', async (_what, request) => {
    const answer = await pythonSaid(scene().box, ask(request))

    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(answer).not.toMatch(/HTTP\/1\.1 [123]/)
    expect(answer).toContain('"error":"blocked_by_policy"')
    expect(Number(answer.split('SECONDS ')[1])).toBeLessThan(8)
  })

  test('answers a second request on the same connection no differently', async () => {
    const one = 'GET http://first.example/ HTTP/1.1\r\nHost: first.example\r\n\r\n'
    const two = 'GET http://second.example/ HTTP/1.1\r\nHost: second.example\r\n\r\n'
    const answer = await pythonSaid(scene().box, ask(text(one + two)))

    expect(answer.match(/HTTP\/1\.1 (\d+)/g)?.every((line) => line.endsWith(' 403'))).toBe(true)
    expect(await denials()).toContain('first.example:80')
  })

  test('does not wait for who says nothing', async () => {
    const answer = await pythonSaid(scene().box, slow)

    expect(Number(answer.split('CLOSED ')[1])).toBeGreaterThanOrEqual(30)
  })

  test('still answers the others when one sandbox uses it up', async () => {
    await pythonSaid(
      scene().box,
      'import socket\n[socket.create_connection(("127.0.0.1", 3128)) for _ in range(300)]',
    )
    const answer = await pythonSaid(scene().other, ask(refusals[0]?.[1] ?? ''))

    expect(answer).toContain('blocked_by_policy')
  })
})

/** Thirty connections that begin a request and never end it. */
const slow = `
import socket, time
ways = [socket.create_connection(('127.0.0.1', 3128), 5) for _ in range(30)]
for number, way in enumerate(ways): way.sendall(b'GET http://slow' if number % 2 else b'')
closed = 0
for way in ways:
    way.settimeout(20)
    try:
        while way.recv(4096): pass
        closed += 1
    except TimeoutError:
        break
    except OSError:
        closed += 1
print('CLOSED', closed)
`
