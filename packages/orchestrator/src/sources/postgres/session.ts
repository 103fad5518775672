import { Client, type ClientConfig } from 'pg'
import { type Pooled, untilAborted } from '../session-pool.ts'

/** One connection. Disposal ends it, by force when it does not end soon. */
export interface Session extends Pooled {
  readonly client: Client
  rows<Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>
}

const connectTimeoutMs = 15_000
const endTimeoutMs = 1_000

export async function connect(config: ClientConfig, signal: AbortSignal): Promise<Session> {
  signal.throwIfAborted()
  const client = new Client({
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: 'stuntdouble',
    ...config,
  })
  const session = sessionOf(client)
  try {
    await untilAborted(session, signal, () => client.connect())
  } catch (cause) {
    session.destroy()
    throw cause
  }
  return session
}

function sessionOf(client: Client): Session {
  let broken = false
  const markBroken = () => {
    broken = true
  }
  client.on('error', markBroken)
  client.on('end', markBroken)
  const destroy = () => {
    broken = true
    streamOf(client).destroy()
  }
  return {
    client,
    rows: async (sql, values) => (await client.query(sql, values && [...values])).rows,
    destroy,
    get broken() {
      return broken
    },
    [Symbol.asyncDispose]: async () => {
      if (!broken) await Promise.race([client.end().catch(() => {}), after(endTimeoutMs)])
      destroy()
    },
  }
}

/** The socket below a client: the one way to end a COPY that nobody reads any more. */
function streamOf(client: Client): { destroy(): void } {
  return (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream
}

const after = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref())
