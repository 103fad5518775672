import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import { bare, isLiteral } from './authority.ts'
import { Refusal } from './denial.ts'
import type { Wanted } from './rules.ts'

const handshakeWithinMs = 10_000

/**
 * TLS to the host itself, its certificate verified whatever the environment says. `authorities` take
 * the place of the public ones. Throws a `Refusal`; the socket is the caller’s to destroy.
 */
export async function secured(
  socket: Socket,
  want: Wanted,
  authorities: string | undefined,
): Promise<Socket> {
  const secure = connect({
    socket,
    host: bare(want.host),
    ...(!isLiteral(want.host) && { servername: want.host }),
    ...(authorities !== undefined && { ca: authorities }),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  })
  // An error without a listener would end the process; who uses it hears of its end.
  secure.on('error', () => {}).setMaxListeners(32)
  try {
    await once(secure, 'secureConnect', { signal: AbortSignal.timeout(handshakeWithinMs) })
    return secure
  } catch {
    secure.destroy()
    throw new Refusal(secure.authorizationError ? 'not_trusted' : 'unreachable', want)
  }
}
