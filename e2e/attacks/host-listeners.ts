import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'

/** A careless program of the host: it listens everywhere, by TCP and by UDP on one port. */
export interface HostListeners extends AsyncDisposable {
  readonly port: number
  /** Every IPv4 address of this machine but loopback: the engine’s bridge, the LAN’s. */
  readonly addresses: readonly string[]
  /** What came in since the last call. */
  heard(): readonly string[]
}

export async function listenOnHost(): Promise<HostListeners> {
  let heard: string[] = []
  const server = createServer((socket) => {
    heard.push('tcp')
    socket.on('error', () => {}).end('HELLO FROM THE HOST\n')
  })
  await once(server.listen(0, '0.0.0.0'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const datagrams = createSocket('udp4')
  datagrams.on('message', (message) => heard.push(`udp ${message.length}`))
  datagrams.bind(address.port)
  await once(datagrams, 'listening')

  return {
    port: address.port,
    addresses: Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map((each) => each.address),
    heard() {
      const before = heard
      heard = []
      return before
    },
    async [Symbol.asyncDispose]() {
      datagrams.close()
      await new Promise((closed) => server.close(closed))
    },
  }
}
