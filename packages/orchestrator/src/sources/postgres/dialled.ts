import type { Duplex } from 'node:stream'
import type { ClientConfig } from 'pg'
import type { Credentials, Dial } from '../sources.ts'

/** Makes `pg` speak over a connection that is open already, such as one into a pod. */
export async function dialled(
  dial: Dial,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<ClientConfig> {
  const stream = await dial(signal)
  return { ...credentials, host: 'pod', ssl: false, stream: () => asSocket(stream) }
}

/** `pg` expects a socket to connect; ours reports that it is. Overrides stand on the instance alone. */
function asSocket(stream: Duplex): Duplex {
  const settled = () => stream
  // A pod's connection may stay half open, and `pg` would wait for its close until it gives up: one
  // that was refused inside ends at once.
  stream.once('end', () => stream.destroy())
  return Object.assign(stream, {
    connect: () => setImmediate(() => stream.emit('connect')),
    setNoDelay: settled,
    setKeepAlive: settled,
    ref: settled,
    unref: settled,
  })
}
