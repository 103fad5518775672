import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createEgress, type Denial } from './egress.ts'

/** What a program in the sandbox reads when it sends `request` to its proxy. */
async function ask(request: string) {
  const denials: Denial[] = []
  const egress = createEgress((denial) => denials.push(denial))
  const server = createServer((socket) => egress.serve('sbaaaaaaaaaaaa', socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.end(request)
  const answer = await text(socket)
  server.close()
  return { answer, denials }
}

test.each([
  [
    'a plain request',
    'GET http://db.production.example/ HTTP/1.1\r\nHost: db.production.example\r\n\r\n',
    'db.production.example',
  ],
  [
    'a tunnel',
    'CONNECT db.production.example:5432 HTTP/1.1\r\nHost: x\r\n\r\n',
    'db.production.example:5432',
  ],
  [
    'the metadata address',
    'GET http://169.254.169.254/latest/ HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n',
    '169.254.169.254',
  ],
])('%s is answered with the reason, and recorded', async (_what, request, target) => {
  const { answer, denials } = await ask(request)

  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
  expect(answer).toContain('"error":"blocked_by_policy"')
  expect(answer).toContain('Do not retry')
  expect(denials).toMatchObject([{ sandbox: 'sbaaaaaaaaaaaa', target }])
})

test.each([
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['headers without end', `GET http://a/ HTTP/1.1\r\nX: ${'x'.repeat(400_000)}\r\n\r\n`],
  [
    'a second request behind two lengths',
    'POST http://a/ HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  ],
])('%s is turned away with the reason, and recorded once', async (_what, request) => {
  const { answer, denials } = await ask(request)

  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toContain('"error":"blocked_by_policy"')
  expect(denials).toEqual([{ sandbox: 'sbaaaaaaaaaaaa', method: '', target: 'unreadable' }])
})

test('a body that waits to be asked for is not asked for', async () => {
  const { answer } = await ask(
    'PUT http://a/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
  )

  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
})

test.each([
  ['nothing', ''],
  ['half a request', 'GET http://a'],
  ['half a body', 'POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhal'],
])('who sends %s is not waited for', async (_what, beginning) => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const [near, far] = duplexPair()
  createEgress(() => {}).serve('sbaaaaaaaaaaaa', far)
  near.write(beginning)
  near.resume()

  vi.advanceTimersByTime(10_000)
  expect(far.destroyed).toBe(true)
})
