import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { query } from './query.ts'

/** One message of the protocol. */
function message(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const welcome = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))])
const row = message('D', Buffer.from([0, 1, 0, 0, 0, 1, 65]))

/** Something in the server’s place: lets everybody in, and answers every statement as it is told. */
async function openImpostor(answer: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(welcome)
      socket.on('data', () => answer(socket))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    dial: async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
    [Symbol.dispose]: () => void server.close(),
  }
}

const anything = { sql: 'SELECT 1', parameters: [], readOnly: false, maxRows: 9, timeoutMs: 500 }
const credentials = { user: 'app', password: 'app', database: 'shop' }

test.concurrent.each([
  ['asks for data to copy in', [message('G', Buffer.alloc(3))]],
  ['sends rows before their columns', [row, row]],
  ['sends messages of no kind', [message('\u0001'), message('?')]],
  ['sends bytes that are no message', [Buffer.alloc(64, 0xff)]],
  ['says it is ready, again and again', [message('Z', Buffer.from('I')), row]],
  ['names a length and stays silent', [Buffer.from([0x44, 0x7f, 0xff, 0xff, 0xff])]],
  ['never ends', Array<Buffer>(40).fill(Buffer.alloc(2 ** 20, 0x44))],
])('what %s in a server’s place is an error of the statement', async (_what, answers) => {
  using impostor = await openImpostor((socket) => {
    for (const answer of answers) socket.write(answer)
  })
  const asked = query({ dial: impostor.dial, credentials }, anything, AbortSignal.timeout(15_000))

  await expect(asked).rejects.toThrow()
})
