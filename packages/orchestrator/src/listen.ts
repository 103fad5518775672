import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { discardAfterwards } from './lib/request-bodies.ts'

interface Address {
  readonly host: string
  /** Insisted on; 0 for any free one. */
  readonly port: number
  /** Tried first when none is insisted on, so that addresses survive a restart. */
  readonly remembered: number
}

export interface Listener extends AsyncDisposable {
  readonly server: Server
  /** `http://host:port` */
  readonly origin: string
}

/** Serves until disposed, which cuts what is open. Throws `conflict` when the port is taken. */
export async function listen(app: RequestListener, address: Address): Promise<Listener> {
  const server = createServer(app).prependListener('request', discardAfterwards)
  const sockets = socketsOf(server)
  const port = await bind(server, address)
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return {
    server,
    origin: `http://${host}:${port}`,
    [Symbol.asyncDispose]: () => close(server, sockets),
  }
}

async function bind(server: Server, { host, port, remembered }: Address): Promise<number> {
  for (const candidate of port > 0 ? [port] : [remembered, 0]) {
    const bound = await tryBind(server, { host, port: candidate })
    if (bound !== undefined) return bound
  }
  throw new SandboxError('conflict', `Port ${port} on ${host} is taken.`, {
    hint: 'Choose another one under `listen:` in stuntdouble.yaml, or leave it out.',
  })
}

function tryBind(server: Server, at: { host: string; port: number }): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException) =>
      cause.code === 'EADDRINUSE' ? resolve(undefined) : reject(cause)
    server.once('error', refused)
    server.listen(at, () => {
      server.off('error', refused)
      const bound = server.address()
      resolve(bound !== null && typeof bound === 'object' ? bound.port : undefined)
    })
  })
}

/** The server itself forgets those that were upgraded, and would wait for them. */
function socketsOf(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
