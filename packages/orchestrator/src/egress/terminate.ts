import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { Authority } from './authority.ts'
import { Refusal } from './denial.ts'
import { idleAfter } from './idle.ts'
import { established, helloFrom, refuseTls } from './tunnel.ts'
import type { Way } from './way.ts'

const handshakeWithinMs = 10_000

/**
 * Ends TLS of a tunnel here, as the host that it leads to. What comes in it must name that host and
 * speak HTTP/1.1. Returns what is inside; a refusal that was told as far as TLS allows; or nothing
 * when the client left or does not trust us.
 */
export async function terminate(
  way: Way,
  to: Authority,
  client: Duplex,
): Promise<Duplex | Refusal | undefined> {
  const secureContext = await way.broker.contextFor(to.host)
  client.write(established)
  try {
    const hello = await helloFrom(client, to)
    if (hello === undefined) return undefined
    client.unshift(hello)
  } catch (cause) {
    if (!(cause instanceof Refusal)) return undefined
    refuseTls(client)
    return cause
  }
  const inside = new TLSSocket(client, {
    ...{ isServer: true, secureContext, ALPNProtocols: ['http/1.1'], requestCert: false },
  })
  inside.on('error', () => inside.destroy()).setMaxListeners(32)
  using _late = idleAfter(handshakeWithinMs, () => inside.destroy())
  return once(inside, 'secure').then(
    () => inside,
    () => undefined,
  )
}
