import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
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
