import { once } from 'node:events'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { EgressUnderTest } from './egress-under-test.ts'

export interface Inside {
  /** `host:port` of the tunnel. */
  readonly target: string
  readonly ca: string
  readonly tls?: ConnectionOptions
}

/** A tunnel that the proxy opened, and TLS in it as a program inside speaks it. Rejects like TLS does. */
export async function enter(egress: EgressUnderTest, inside: Inside): Promise<TLSSocket> {
  const { target, ca, tls } = inside
  const socket = await tunnelTo(egress, target)
  const servername = target.replace(/:.*/, '')
  const client = connect({ socket, ca, servername, ...tls })
  await Promise.race([once(client, 'secureConnect'), once(client, 'close').then(notSecure)])
  return client.on('error', () => {})
}

function notSecure(): never {
  throw new Error('the tunnel was closed')
}

async function tunnelTo(egress: EgressUnderTest, target: string): Promise<Socket> {
  const socket = await egress.connect()
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`)
  const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close')])
  if (!/^HTTP\/1\.1 200 /.test(String(answer))) throw new Error(String(answer))
  return socket
}

/** All that comes back for these bytes in it. */
export async function askInside(
  egress: EgressUnderTest,
  inside: Inside,
  request: string | readonly string[],
): Promise<string> {
  const client = await enter(egress, inside)
  for (const piece of [request].flat()) {
    client.write(piece)
    await new Promise(setImmediate)
  }
  return text(client).catch(() => 'cut')
}
