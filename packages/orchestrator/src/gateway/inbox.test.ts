import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Inbox } from './inbox.ts'

/** Both ends of one socket. */
async function connect() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const sender = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const accepted = once(server, 'connection').then(([client]) => new Inbox(client as WebSocket))
  await once(sender, 'open')
  return {
    sender,
    inbox: await accepted,
    [Symbol.dispose]() {
      sender.terminate()
      server.close()
    },
  }
}

test('what follows the first message at once waits for a listener, in its order', async () => {
  using socket = await connect()
  for (const text of ['start', 'a', 'b']) socket.sender.send(text)
  expect(String(await socket.inbox.first())).toBe('start')

  socket.sender.send('c')
  await new Promise((resolve) => setImmediate(resolve))
  const heard: string[] = []
  socket.inbox.listen((data) => heard.push(String(data)))
  await expect.poll(() => heard).toEqual(['a', 'b', 'c'])
})

test('a client that sends more than is kept has to wait, and loses nothing', async () => {
  using socket = await connect()
  const frame = Buffer.alloc(256 * 1024)
  for (let sent = 0; sent < 40; sent += 1) socket.sender.send(frame)
  await socket.inbox.first()
  await new Promise((resolve) => setTimeout(resolve, 50))
  let bytes = 0
  socket.inbox.listen((data) => {
    bytes += (data as Buffer).length
  })
  await expect.poll(() => bytes).toBe(39 * frame.length)
})
