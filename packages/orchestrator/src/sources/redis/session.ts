import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AbstractConnector, Redis } from 'ioredis'
import { untilAborted } from '../session-pool.ts'

/** As the server sent it. */
export type Reply = Buffer | number | null | readonly Reply[]
export type Argument = string | Buffer

/** One connection. Commands that are given together travel together. Disposal ends it. */
export interface Session extends AsyncDisposable {
  call(command: string, ...args: readonly Argument[]): Promise<Reply>
  /** Ends the connection at once; what runs on it rejects. */
  destroy(): void
}

/** Speaks over a connection that is open already. It is not opened again when it breaks. */
export async function openSession(stream: Duplex, signal: AbortSignal): Promise<Session> {
  const redis = new Redis({
    Connector: connectorOf(stream),
    // Nothing but what we say is said: a failed SELECT of the library’s own would go by unnoticed.
    ...{ protocol: 2, disableClientInfo: true, enableReadyCheck: false },
    ...{ lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 },
    ...{ noDelay: false, keepAlive: undefined, connectTimeout: 0 },
  })
  // A broken connection is told by the command that runs on it.
  redis.on('error', () => {})
  const destroy = () => {
    redis.disconnect()
    stream.destroy()
  }
  const session: Session = {
    call: (command, ...args) => {
      together(stream)
      return redis.callBuffer(command, ...args) as Promise<Reply>
    },
    destroy,
    [Symbol.asyncDispose]: async () => destroy(),
  }
  try {
    await untilAborted(session, signal, () => redis.connect())
    return session
  } catch (cause) {
    destroy()
    throw cause
  }
}

/** What is written in one turn is sent in one piece: thousands of small commands are thousands of calls else. */
function together(stream: Duplex): void {
  if (stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}

/** A pod's connection may stay half open: one that was refused inside ends at once. */
function connectorOf(stream: Duplex) {
  stream.once('end', () => stream.destroy())
  return class extends AbstractConnector {
    constructor() {
      super(0)
    }

    connect() {
      this.connecting = true
      this.stream = stream as Socket
      return Promise.resolve(this.stream)
    }
  }
}

/** Lets a login be tried and a database be chosen before anything else is said. */
export async function enter(
  session: Session,
  { user, password, database }: { user: string; password: string; database: string },
): Promise<void> {
  if (password !== '') await session.call('AUTH', ...(user === '' ? [] : [user]), password)
  if (database !== '0') await session.call('SELECT', database)
}
