import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Certificate } from './certificate.ts'
import { openEngine } from './container-runtime.ts'

/** A server of this machine that a sandbox may be allowed to reach. */
export interface Web extends AsyncDisposable {
  readonly port: number
  /** `METHOD host path` of every request since the last call. */
  heard(): readonly string[]
}

/** It listens on every address of the machine, loopback too. */
export async function openWeb(listener: RequestListener, tls?: Certificate): Promise<Web> {
  let heard: string[] = []
  const answer: RequestListener = (request, response) => {
    heard.push(`${request.method} ${request.headers.host} ${request.url}`)
    listener(request, response)
  }
  const server = tls ? createTlsServer(tls, answer) : createServer(answer)
  await once(server.listen(0, '0.0.0.0'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    heard() {
      const before = heard
      heard = []
      return before
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** The private address that this machine has on the engine’s bridge; containers reach it as well. */
export async function machineAddress(): Promise<string> {
  const { IPAM } = await (await openEngine()).getNetwork('bridge').inspect()
  const { Gateway: gateway } = IPAM?.Config?.[0] ?? {}
  if (!gateway) throw new Error('the engine’s bridge has no gateway')
  return gateway
}
