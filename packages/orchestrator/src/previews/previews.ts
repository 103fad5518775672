import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { PortView } from '@stuntdouble/sdk/wire'
import type { Canaries } from '../canaries/canaries.ts'
import type { Commands } from '../doors/doors.ts'
import type { Engine } from '../engine/engine.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { localDomain, previewHostOf } from '../lib/preview-host.ts'
import { asSandboxError } from '../lib/progress-response.ts'
import { traceOf } from '../lib/trace.ts'
import { admit, admitProgram, type Wanted } from './admission.ts'
import { refuse, refuseSocket } from './answers.ts'
import { type CredentialParts, purposeOf } from './credentials.ts'
import { createGuests, type Visited } from './guests.ts'
import { listeningPorts } from './listening.ts'
import { createPassage, type Socket } from './passage.ts'

export type { Visited } from './guests.ts'

/** Ports of sandboxes, each at an origin of its own for browsers, and by a path for programs. */
export interface Previews extends AsyncDisposable {
  /** Whether a name is a preview’s: its requests are answered by the next two and by nothing else. */
  serves(host: string | undefined): boolean
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, first: Buffer): void
  /** For a program that the gateway has let in. Refuses browsers. Rejects before anything was answered. */
  relayTo(wanted: Wanted, request: IncomingMessage, response: ServerResponse): Promise<void>
  upgradeTo(wanted: Wanted, request: IncomingMessage, socket: Socket): Promise<void>
  /** What listens inside; links are made of the token. */
  list(sandbox: string, token: string, signal: AbortSignal): Promise<readonly PortView[]>
  view(sandbox: string, port: number, token: string): PortView
}

export interface PreviewsParts extends CredentialParts {
  readonly engine: Pick<Engine, 'connect'>
  readonly sandboxes: Visited
  readonly commands: Pick<Commands, 'run'>
  readonly canaries: Pick<Canaries, 'look'>
  /** Of the gateway, at whose port previews are. */
  readonly origin: () => string
  /** Where the operator has a wildcard name, with TLS in front. */
  readonly domain: string | undefined
  /** Whose `X-Forwarded-*` are believed there. */
  readonly proxies: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

export function createPreviews(parts: PreviewsParts): Previews {
  const { domain, log } = parts
  const guests = createGuests(parts.engine, parts)
  const passage = createPassage(guests, parts.canaries)
  const domains = [localDomain, ...(domain === undefined ? [] : [domain])]
  const door = { ...parts, domains }
  const view = (sandbox: string, port: number, token: string) =>
    viewOf(parts, { sandbox, port }, token)

  function told(cause: unknown) {
    const error = asSandboxError(cause)
    if (error.code === 'internal') log.error(traceOf(cause), 'a preview failed')
    return error
  }

  return {
    view,
    serves: (host) => previewHostOf(host, domains) !== undefined,

    async request(request, response) {
      try {
        const admitted = admit(door, request, response)
        if (admitted) await passage.send(admitted, request, response)
      } catch (cause) {
        refuse(request, response, told(cause))
      }
    },

    async upgrade(request, socket, first) {
      socket.on('error', () => socket.destroy())
      try {
        const admitted = admit(door, request)
        if (admitted) await passage.join(admitted, request, { socket, first })
      } catch (cause) {
        refuseSocket(socket, told(cause))
      }
    },

    relayTo: async (wanted, request, response) =>
      await passage.send(admitProgram(wanted, request), request, response),
    upgradeTo: async (wanted, request, socket) =>
      await passage.join(admitProgram(wanted, request), request, socket),

    async list(sandbox, token, signal) {
      const ports = await listeningPorts(parts.commands, sandbox, signal)
      const reserved = guests.reserved(sandbox)
      return ports.filter((port) => !reserved.has(port)).map((port) => view(sandbox, port, token))
    },

    [Symbol.asyncDispose]: guests.close,
  }
}

function viewOf(
  { domain, origin, capabilities }: PreviewsParts,
  { sandbox, port }: Omit<Wanted, 'path'>,
  token: string,
): PortView {
  const name = `${port}-${sandbox}`
  const local = () => `http://${name}.${localDomain}:${new URL(origin()).port}/`
  const url = domain === undefined ? local() : `https://${name}.${domain}/`
  return { port, url, link: `${url}?token=${capabilities.narrow(token, purposeOf(port))}` }
}
