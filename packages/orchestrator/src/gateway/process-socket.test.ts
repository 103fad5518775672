import type { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import type { GatewayParts } from './gateway.ts'
import { createProcessSocket } from './process-socket.ts'

test('a caller that is refused and gone already harms nobody', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const gone = new Duplex({
    read: () => {},
    write: (_chunk, _encoding, done) => done(new Error('ECONNRESET')),
  })
  gone.once('close', resolve)
  const { upgrade } = createProcessSocket({} as GatewayParts)

  upgrade({ url: '/nowhere', headers: {} } as IncomingMessage, gone, Buffer.alloc(0))
  await closed
  expect(gone.errored).toMatchObject({ message: 'ECONNRESET' })
})

test('a caller that is refused and stays is closed', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const idle = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
  idle.once('close', resolve)
  const { upgrade } = createProcessSocket({} as GatewayParts)

  upgrade({ url: '/nowhere', headers: {} } as IncomingMessage, idle, Buffer.alloc(0))
  await closed
})
