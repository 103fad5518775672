import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Authority, bare, isLiteral } from './authority.ts'
import { Metered } from './budget.ts'
import { maxHelloBytes, readClientHello } from './client-hello.ts'
import { Refusal } from './denial.ts'
import { idleAfter } from './idle.ts'
import { leave } from './refuse.ts'
import type { Way } from './way.ts'

/** Long enough for a connection that a client keeps for later, and for a long poll. */
const idleMs = 5 * 60_000
const helloWithinMs = 10_000

export const established = 'HTTP/1.1 200 Connection established\r\n\r\n'
/** A fatal alert, access_denied (RFC 8446, 6.2). */
const accessDenied = Buffer.from('15030300020231', 'hex')

/**
 * Opens a tunnel and carries it until both sides are done. Throws a `Refusal` before the client was
 * answered; one that comes later, such as for the name inside, is told as far as TLS allows and
 * returned.
 */
export async function tunnel(
  way: Way,
  to: Authority,
  client: Duplex,
): Promise<Refusal | undefined> {
  using _connection = way.budget.connection()
  const gone = new AbortController()
  client.once('close', () => gone.abort())
  const want = { scheme: 'https', ...to, method: null, path: null } as const
  const server = await way.dial(way.admit(want), gone.signal)
  try {
    client.write(established)
    await carry(way, { client, server, to })
    return undefined
  } catch (cause) {
    if (!(cause instanceof Refusal)) return undefined
    refuseTls(client)
    return new Refusal(cause.reason, want)
  } finally {
    server.destroy()
  }
}

/** All that a TLS client can be told before there is a key. */
export function refuseTls(client: Duplex): void {
  client.write(accessDenied)
  leave(client)
}

interface Ends {
  readonly client: Duplex
  readonly server: Socket
  readonly to: Authority
}

async function carry(way: Way, { client, server, to }: Ends): Promise<void> {
  const hello = await helloFrom(client, to)
  if (hello === undefined) return
  way.budget.up.spend(hello.length)
  server.write(hello)
  const cut = () => {
    client.destroy()
    server.destroy()
  }
  using idle = idleAfter(idleMs, cut)
  await Promise.all([
    pipeline(client, new Metered(way.budget.up, idle.touch), server),
    pipeline(server, new Metered(way.budget.down, idle.touch), client),
  ])
}

/** Everything the client said so far, once that names the tunnel’s host; undefined when it left. */
export async function helloFrom(client: Duplex, to: Authority): Promise<Buffer | undefined> {
  let bytes = Buffer.alloc(0)
  using _late = idleAfter(helloWithinMs, () => client.destroy())
  for await (const chunk of chunksOf(client)) {
    bytes = Buffer.concat([bytes, chunk])
    const hello = readClientHello(bytes)
    if (hello.state === 'broken' || bytes.length > maxHelloBytes) throw new Refusal('not_tls')
    if (hello.state === 'partial') continue
    if (hello.encrypted) throw new Refusal('name_hidden')
    checkName(hello.serverName, to.host)
    return bytes
  }
  return undefined
}

/** TLS names hosts and never addresses (RFC 6066, 3). */
function checkName(serverName: string | undefined, host: string): void {
  if (serverName === undefined && isLiteral(host)) return
  if (serverName === undefined) throw new Refusal('name_hidden')
  if (serverName !== host && serverName !== bare(host)) throw new Refusal('name_mismatch')
}

/** Reads on demand and leaves the stream as it is when the reader stops. */
function chunksOf(stream: Duplex): AsyncIterable<Buffer> {
  return stream.iterator({ destroyOnReturn: false })
}
