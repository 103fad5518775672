import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'
import type { Engine } from '../engine/engine.ts'

/** Ports of a sandbox opened on the orchestrator’s loopback, for programs that speak no HTTP. */
export interface LocalPorts extends AsyncDisposable {
  /** The local port for one port of the pod; the same one when asked again. */
  open(request: LocalPortRequest): Promise<number>
  /** Closes every port of a sandbox and the connections through them. */
  close(sandbox: string): Promise<void>
}

export interface LocalPortRequest {
  readonly sandbox: string
  readonly port: number
  /** Holds the sandbox active while a connection is open, which `cut` closes; throws when it is gone. */
  readonly use: (cut: () => void) => Disposable
}

interface OpenPort {
  readonly server: Server
  readonly sockets: Set<Socket>
}

const connectWithinMs = 5_000

export function createLocalPorts(engine: Pick<Engine, 'connect'>): LocalPorts {
  const open = new Map<string, Promise<OpenPort>>()
  const keyOf = (sandbox: string, port: number) => `${sandbox}:${port}`

  async function listen(request: LocalPortRequest): Promise<OpenPort> {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
      relay(engine, request, socket).catch(() => socket.destroy())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    return { server, sockets }
  }

  async function close(key: string): Promise<void> {
    const port = await open.get(key)?.catch(() => undefined)
    open.delete(key)
    for (const socket of port?.sockets ?? []) socket.destroy()
    await new Promise((resolve) => (port ? port.server.close(resolve) : resolve(undefined)))
  }

  return {
    async open(request) {
      const key = keyOf(request.sandbox, request.port)
      const port = open.get(key) ?? listen(request)
      open.set(key, port)
      port.catch(() => open.delete(key))
      const address = (await port).server.address()
      if (address === null || typeof address === 'string')
        throw new Error('a listener without a port')
      return address.port
    },
    async close(sandbox) {
      const keys = [...open.keys()].filter((key) => key.startsWith(`${sandbox}:`))
      await Promise.all(keys.map(close))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.keys()].map(close))
    },
  }
}

async function relay(
  engine: Pick<Engine, 'connect'>,
  { sandbox, port, use }: LocalPortRequest,
  socket: Socket,
): Promise<void> {
  const held = use(() => socket.destroy())
  try {
    const inside = await engine.connect(sandbox, port, AbortSignal.timeout(connectWithinMs))
    await Promise.all([carry(socket, inside), carry(inside, socket)])
  } finally {
    held[Symbol.dispose]()
  }
}

/** One direction; the end of one side becomes the end of the other, a failure closes both. */
function carry(from: Duplex, to: Duplex): Promise<void> {
  return new Promise((resolve) => {
    pipeline(from, to, (cause) => {
      if (cause) to.destroy()
      resolve()
    })
  })
}
