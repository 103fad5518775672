import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { canary, sandbox } from '../gateway/testing/gateway-under-test.ts'
import { openPreview, port } from './testing/inside.ts'

async function openEcho() {
  const preview = await openPreview((_request, response) => response.end('no socket'))
  const sockets = new WebSocketServer({ server: preview.server })
  const heads: NodeJS.Dict<string | string[]>[] = []
  sockets.on('connection', (socket, request) => {
    heads.push(request.headers)
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  const { gateway, token, host } = preview
  const connect = (headers: Record<string, string> = {}, path = '/hmr') =>
    new WebSocket(`${gateway.origin.replace('http', 'ws')}${path}`, {
      headers: { host, 'x-stuntdouble-token': token, ...headers },
    })
  return Object.assign(preview, { connect, heads })
}

/** The status an upgrade is refused with. */
async function refusal(socket: WebSocket): Promise<number | undefined> {
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  response.resume()
  return response.statusCode
}

test('a WebSocket goes inside and back, and nothing of ours with it', async () => {
  await using preview = await openEcho()
  const socket = preview.connect()
  await once(socket, 'open')
  socket.send('hello')
  const [text] = await once(socket, 'message')
  socket.send(Buffer.alloc(200_000, 7))
  const [bytes] = (await once(socket, 'message')) as [Buffer]
  socket.terminate()

  expect(String(text)).toBe('hello')
  expect(bytes).toEqual(Buffer.alloc(200_000, 7))
  expect(JSON.stringify(preview.heads)).not.toContain(preview.token)
})

test('a program reaches it by the gateway’s own address too', async () => {
  await using preview = await openEcho()
  const host = new URL(preview.gateway.origin).host
  const socket = preview.connect({ host }, `/s/${preview.token}/ports/${port}/hmr`)
  await once(socket, 'open')
  socket.send('hello')

  expect(String((await once(socket, 'message'))[0])).toBe('hello')
  socket.terminate()
})

test.each([
  [{ origin: 'https://evil.example' }, 403],
  [{ origin: 'http://3000-sbbbbbbbbbbbbb.localhost' }, 403],
  [{ 'x-stuntdouble-token': 'none' }, 401],
  [{ host: `3001-${sandbox}.localhost` }, 502],
  [{ host: `5432-${sandbox}.localhost` }, 403],
])('%j is refused with %i', async (headers, status) => {
  await using preview = await openEcho()

  expect(await refusal(preview.connect(headers))).toBe(status)
})

test('a server that refuses is heard', async () => {
  await using preview = await openPreview((_request, response) => response.end('never'))
  preview.server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 418 Short\r\ncontent-length: 5\r\n\r\nstout')
  })
  const socket = new WebSocket(preview.gateway.origin.replace('http', 'ws'), {
    headers: { host: preview.host, 'x-stuntdouble-token': preview.token },
  })

  expect(await refusal(socket)).toBe(418)
})

test('a canary in a frame closes the socket', async () => {
  await using preview = await openEcho()
  const socket = preview.connect()
  const heard: string[] = []
  socket.on('message', (data) => heard.push(String(data)))
  await once(socket, 'open')
  socket.send(canary)
  await once(socket, 'close')

  expect(heard).toEqual([])
})

test('it is cut when the sandbox’s end begins', async () => {
  await using preview = await openEcho()
  const socket = preview.connect()
  await once(socket, 'open')
  preview.gateway.cut()
  await once(socket, 'close')
})

test('what a browser answers by itself is no use of the sandbox', async () => {
  await using preview = await openEcho()
  const { time, visits } = preview.gateway
  const socket = preview.connect()
  await once(socket, 'open')
  time.now += 5_000
  socket.pong()
  socket.ping()
  await once(socket, 'pong')
  expect(visits.touched).toBe(0)

  socket.send('a person types')
  await once(socket, 'message')
  expect(visits.touched).toBe(1)
  socket.terminate()
})
