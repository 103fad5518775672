import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type AddressClass, classOf } from './addresses.ts'
import { type Authority, bare, isLiteral } from './authority.ts'
import { Refusal } from './denial.ts'

/** Every address of a name, as the machine’s own resolver has them; empty or rejecting for none. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)

export interface Destination extends Authority {
  /** Whether it may have a private address. */
  readonly private: boolean
}

const resolveWithinMs = 5_000
const connectWithinMs = 5_000
const triedAddresses = 4

/**
 * Looks a name up once, judges every address it has, and dials one of those: there is no second look
 * that could give another answer. One address that may not be dialled refuses them all.
 */
export async function dial(
  to: Destination,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<Socket> {
  const addresses = isLiteral(to.host) ? [bare(to.host)] : await addressesOf(to, resolve)
  for (const address of addresses) {
    const kind = classOf(address)
    if (kind === 'metadata') throw new Refusal('metadata', to)
    if (!mayDial(kind, to)) throw new Refusal('address_not_allowed', to)
  }
  for (const address of addresses.slice(0, triedAddresses)) {
    const socket = await connected(address, to.port, signal)
    if (socket) return socket
  }
  throw new Refusal('unreachable', to)
}

/** This machine itself is only ever meant by its own name, or a name could be pointed at it. */
function mayDial(kind: AddressClass, to: Destination): boolean {
  if (kind === 'global') return true
  if (kind === 'private') return to.private
  return kind === 'loopback' && to.private && isThisMachine(to.host)
}

const isThisMachine = (host: string) => isLiteral(host) || /(^|\.)localhost$/.test(host)

async function addressesOf(to: Destination, resolve: Resolve): Promise<readonly string[]> {
  const late = Promise.withResolvers<readonly string[]>()
  const timer = setTimeout(() => late.resolve([]), resolveWithinMs)
  const found = await Promise.race([resolve(to.host), late.promise])
    .catch(() => [])
    .finally(() => clearTimeout(timer))
  if (found.length === 0) throw new Refusal('unreachable', to)
  return found
}

async function connected(
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true })
  const timed = AbortSignal.any([signal, AbortSignal.timeout(connectWithinMs)])
  try {
    await once(socket, 'connect', { signal: timed })
    // An error without a listener would end the process; who uses it hears of its end.
    return socket.on('error', () => {}).setMaxListeners(32)
  } catch {
    socket.on('error', () => {}).destroy()
    signal.throwIfAborted()
    return undefined
  }
}
