import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
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

test('what is not HTTP is turned away', async () => {
  const { answer, denials } = await ask('SSH-2.0-OpenSSH_9.2\r\n')

  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(denials).toEqual([])
})

test('headers without end are turned away', async () => {
  const { answer } = await ask(`GET http://a/ HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)

  expect(answer).toMatch(/^HTTP\/1\.1 4/)
})
