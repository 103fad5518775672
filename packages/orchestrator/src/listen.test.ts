import { once } from 'node:events'
import { Agent, type IncomingMessage, type RequestListener, request } from 'node:http'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { bodyOf } from './lib/request-bodies.ts'
import { listen } from './listen.ts'

const anywhere = { host: '127.0.0.1', port: 0, remembered: 0 }

test('disposal cuts a connection that became something else, such as a terminal', async () => {
  const listener = await listen(() => {}, anywhere)
  listener.server.on('upgrade', (_request, socket) => {
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
  })
  const client = connect(Number(new URL(listener.origin).port), '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
  await once(client, 'data')

  const cut = once(client, 'close')
  await listener[Symbol.asyncDispose]()
  await cut
})

test('a port that is insisted on and taken is a conflict, one that is remembered is not', async () => {
  await using first = await listen(() => {}, anywhere)
  const taken = Number(new URL(first.origin).port)

  await expect(listen(() => {}, { ...anywhere, port: taken })).rejects.toMatchObject({
    code: 'conflict',
  })
  await using other = await listen(() => {}, { ...anywhere, remembered: taken })
  expect(other.origin).not.toBe(first.origin)
})

test.each<[string, (request: IncomingMessage) => Promise<void>]>([
  ['does not look at', async () => {}],
  ['leaves off reading', leaveOff],
  [
    'stands still reading',
    async (request) => void (await bodyOf(request)[Symbol.asyncIterator]().next()),
  ],
  ['pipes where it is not taken', async (request) => void request.pipe(new PassThrough())],
])('a body that a refusal %s is not in the way of what is asked next', async (_, read) => {
  await using listener = await listen(answering(read), anywhere)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const body = Buffer.alloc(8 * 2 ** 20)

  const ports = []
  for (let time = 0; time < 3; time += 1) ports.push(await refused(listener.origin, agent, body))
  agent.destroy()
  expect(ports).toEqual(Array(3).fill(ports[0]))
})

async function leaveOff(request: IncomingMessage): Promise<void> {
  for await (const _ of bodyOf(request)) break
}

const answering =
  (read: (request: IncomingMessage) => Promise<void>): RequestListener =>
  async (request, response) => {
    await read(request)
    response.statusCode = 403
    response.end('no')
  }

/** Sends all of the body; answers the port it came from. */
async function refused(origin: string, agent: Agent, body: Buffer) {
  const sending = request(origin, { method: 'PUT', agent })
  sending.end(body)
  const [response] = (await once(sending, 'response')) as [IncomingMessage]
  const { statusCode, socket } = response
  const port = socket.localPort
  response.resume()
  await once(response, 'end')
  expect(statusCode).toBe(403)
  return port
}
