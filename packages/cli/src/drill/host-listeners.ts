import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Target } from './attacks/network.ts'

/** A careless program of this machine: it listens everywhere, by TCP and by UDP on one port. */
export interface HostListeners extends AsyncDisposable {
  /** Every IPv4 address of this machine but loopback, at which it answers. */
  readonly targets: readonly Target[]
  /** What came in since the last call. */
  heard(): readonly string[]
}

export async function listenOnHost(): Promise<HostListeners> {
  await using scope = new AsyncDisposableStack()
  const heard: string[] = []
  const server = createServer((socket) => {
    heard.push('tcp')
    socket.on('error', () => {}).end('HELLO FROM THE HOST\n')
  })
  scope.defer(async () => void server.close())
  await once(server.listen(0, '0.0.0.0'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const datagrams = createSocket('udp4')
  scope.defer(() => void datagrams.close())
  datagrams.on('message', (message) => heard.push(`udp ${message.length}`))
  datagrams.bind(address.port)
  await once(datagrams, 'listening')

  const targets = await answering(address.port)
  const takeHeard = () => heard.splice(0)
  takeHeard()
  const open = scope.move()
  return { targets, heard: takeHeard, [Symbol.asyncDispose]: () => open.disposeAsync() }
}

/** What does not answer this machine itself shows nothing when it does not answer a sandbox. */
async function answering(port: number): Promise<readonly Target[]> {
  const hosts = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  const answers = await Promise.all(hosts.map((host) => answersAt({ host, port })))
  return hosts.filter((_, index) => answers[index]).map((host) => ({ host, port }))
}

function answersAt(target: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...target, timeout: 2000 })
    const settle = (answers: boolean) => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('data', () => settle(true))
    socket.once('error', () => settle(false)).once('timeout', () => settle(false))
  })
}
