import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'mysql2'
import type { Credentials, Dial } from '../sources.ts'

/** Makes `mysql2` speak over a connection that is open already, such as one into a pod. */
export async function dialled(
  dial: Dial,
  { user, password, database }: Credentials,
  signal: AbortSignal,
): Promise<ConnectionOptions> {
  const stream = closing(await dial(signal))
  return { user, password, ...(database !== '' && { database }), stream: () => stream }
}

/** A pod's connection may stay half open: one that was refused inside ends at once. */
function closing(stream: Duplex): Duplex {
  return stream.once('end', () => stream.destroy())
}
