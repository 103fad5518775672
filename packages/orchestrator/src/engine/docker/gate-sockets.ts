import { once } from 'node:events'
import { chmod, constants, open, rm } from 'node:fs/promises'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { SandboxError } from '@stuntdouble/sdk/errors'
import { engineFailed, podGone } from './docker-errors.ts'

/** A gate that has just started binds its socket within milliseconds. */
const bindPatienceMs = 2000
const retryMs = 5

/** open(2): the file itself, for nothing but being named. Node has no constant for it. */
const O_PATH = 0o10_000_000

export interface Destination {
  readonly socket: string
  readonly pod: string
  readonly port: number
}

/** Dials the gate and tells it where to go in a PROXY protocol line (version 1, haproxy.org). */
export async function dialIn(to: Destination, signal: AbortSignal): Promise<Socket> {
  if (!Number.isInteger(to.port) || to.port < 1 || to.port > 65_535) throw noSuchPort(to.port)
  const socket = await dialPatiently(to, signal)
  // The source port is only there because the protocol wants one.
  socket.write(`PROXY TCP4 127.0.0.1 127.0.0.1 1 ${to.port}\r\n`)
  return socket
}

async function dialPatiently({ socket, pod }: Destination, signal: AbortSignal): Promise<Socket> {
  const giveUp = performance.now() + bindPatienceMs
  while (true) {
    try {
      return await dialOnce(socket, signal)
    } catch (cause) {
      if (signal.aborted || !isUnbound(cause)) throw cause
      if (performance.now() > giveUp) throw podGone(pod)
      await sleep(retryMs, undefined, { signal })
    }
  }
}

/**
 * The gate owns its socket’s name and could lead it elsewhere: to the engine’s socket, or to another
 * pod’s. So the socket itself is held, no link followed, and dialled by the descriptor that holds it.
 */
async function dialOnce(path: string, signal: AbortSignal): Promise<Socket> {
  await using held = await open(path, O_PATH | constants.O_NOFOLLOW)
  if (!(await held.stat()).isSocket()) throw notASocket(path)
  const connection = dial({ path: `/proc/self/fd/${held.fd}`, allowHalfOpen: true })
  try {
    await once(connection, 'connect', { signal })
    return connection
  } catch (cause) {
    connection.destroy()
    throw cause
  }
}

const isUnbound = (cause: unknown) =>
  ['ENOENT', 'ECONNREFUSED'].includes((cause as NodeJS.ErrnoException).code ?? '')

/**
 * Listens where the gate delivers what leaves the pod. Takes over a socket file that an earlier
 * orchestrator left; ends its connections when disposed.
 */
export async function listenOut(
  path: string,
  onConnection: (socket: Duplex) => void,
): Promise<AsyncDisposable> {
  await rm(path, { force: true })
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A connection the agent resets is the handler's to notice, never a reason to end the process.
    socket.on('error', () => {})
    onConnection(socket)
  })
  await listen(server, path)
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path)
  await once(server, 'listening')
  // The gate connects as its own user; the directory above lets nobody else this far.
  await chmod(path, 0o666)
}

const notASocket = (path: string) =>
  engineFailed(`dialling a gate: something else is in the place of its socket, ${path}`)

const noSuchPort = (port: number) =>
  new SandboxError('usage', `${port} is not a port.`, { hint: 'Ports are 1 to 65535.' })
