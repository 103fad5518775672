import { once } from 'node:events'
import { createServer, connect as dial } from 'node:net'
import { expect, test } from 'vitest'
import { dialled } from './dialled.ts'
import { connect } from './session.ts'

const credentials = { user: 'app', password: 'app', database: 'shop' }

test('a connection that ends before it began is refused at once, though it may stay half open', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.end()).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const signal = AbortSignal.timeout(15_000)
  const halfOpen = async () => {
    const socket = dial({ port, host: '127.0.0.1', allowHalfOpen: true })
    await once(socket, 'connect')
    return socket
  }

  const refused = connect(await dialled(halfOpen, credentials, signal), signal)
  await expect(refused).rejects.toThrow()
  expect(signal.aborted).toBe(false)
  server.close()
})
